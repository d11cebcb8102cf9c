//! One service as a feed writes it -> a `Listing`. Versions 1 and 3 of Open Referral UK differ in names; both are read, numbers
//! may be strings, unknown fields are ignored, and what makes no sense is left out with a note.
//! What never lives here: pages (page.rs), making text safe (clean.rs), merging (merge.rs).

use jiff::civil::Date;
use serde_json::Value;

use super::{
    clean,
    field::{KEPT, age, day, keep, many, number, plain, text},
    listing::Listing,
    times::when,
};

/// Lengths in characters.
const NAME: usize = 120;
const WHAT: usize = 600;
pub(super) const SHORT: usize = 200;
const WORD: usize = 60;
/// Entries of a list that are looked at.
pub(super) const LOOKED_AT: usize = 200;

/// A row with none of these holds one-to-one fields only.
const DETAILS: [&str; 9] = [
    "contacts",
    "phones",
    "service_at_locations",
    "schedules",
    "regular_schedules",
    "attributes",
    "service_taxonomys",
    "service_areas",
    "eligibilitys",
];

/// What a row turned out to be.
#[derive(Debug)]
pub(super) enum Row {
    /// A service on offer; whether the row holds nothing but one-to-one fields, so that its details stand elsewhere.
    Service {
        listing: Box<Listing>,
        shallow: bool,
    },
    /// A service that its directory calls closed: its id.
    Closed(String),
    /// No service: why.
    Unusable(&'static str),
}

/// Reads a row as on `today`. `notes` take up what was left out of it.
pub(super) fn read(
    row: &Value,
    organisation: Option<&str>,
    today: Date,
    notes: &mut Vec<String>,
) -> Row {
    // A row of /service_at_locations holds the service and, beside it, where.
    let (service, place) = match row.get("service") {
        Some(inner) if inner.is_object() => (inner, row.get("location")),
        _ => (row, None),
    };
    if !service.is_object() {
        return Row::Unusable("it is no record");
    }
    if is_something_else(service) {
        return Row::Unusable("it is an organisation or a taxonomy, no service");
    }
    let Some(name) = text(service, "name", NAME) else {
        return Row::Unusable("it has no name");
    };
    let mut listing = Listing {
        name,
        organisation: service
            .get("organization")
            .and_then(|o| text(o, "name", NAME))
            .or_else(|| organisation.map(str::to_owned)),
        ..Listing::default()
    };
    listing.id = id(service, &listing);
    let status = plain(service, "status").unwrap_or_default().to_lowercase();
    if !matches!(status.as_str(), "" | "active" | "open" | "published") {
        return Row::Closed(listing.id);
    }
    listing.what = text(service, "description", WHAT).unwrap_or_default();
    for_whom(service, &mut listing);
    reach(service, &mut listing, notes);
    let places: Vec<&Value> = place.into_iter().chain(locations(service)).collect();
    whereabouts(service, &places, &mut listing);
    when(service, today, &mut listing);
    listing.cost = cost(service);
    listing.tags = tags(service);
    let looked_at = ["assured_date", "last_modified", "updated_at"].into_iter();
    let looked_at = looked_at.filter_map(|key| day(service, key));
    listing.checked = looked_at.filter(|day| *day <= today).max();
    let shallow = !DETAILS.iter().any(|key| service.get(key).is_some());
    Row::Service {
        listing: Box::new(listing),
        shallow,
    }
}

/// Whether a record without any mark of a service carries those of an organisation or a taxonomy.
fn is_something_else(record: &Value) -> bool {
    let any = |keys: &[&str]| keys.iter().any(|key| record.get(key).is_some());
    !any(&["status", "organization", "organization_id"])
        && any(&[
            "logo",
            "website",
            "uri",
            "parent_organization_id",
            "organization_identifiers",
            "taxonomy",
            "taxonomy_terms",
            "term_uri",
            "vocabulary",
        ])
}

/// The feed's id; without one, the name and who runs it.
fn id(service: &Value, listing: &Listing) -> String {
    let given = plain(service, "id").map(|id| {
        id.chars()
            .filter(|c| !c.is_control())
            .take(100)
            .collect::<String>()
    });
    let given = given.filter(|id| !id.trim().is_empty());
    given.unwrap_or_else(|| {
        let of = listing.organisation.as_deref().unwrap_or("");
        crate::base::words(&format!("{of} {}", listing.name)).join("-")
    })
}

fn for_whom(service: &Value, listing: &mut Listing) {
    let rules: Vec<&Value> = many(service, "eligibilitys")
        .chain(many(service, "eligibility"))
        .collect();
    let words = rules.iter().filter_map(|e| text(e, "eligibility", SHORT));
    let mut words: Vec<String> = words
        .chain(text(service, "eligibility_description", SHORT))
        .collect();
    words.dedup();
    listing.who = clean::text(&words.join(", "), SHORT);
    let ages = |key: &str| {
        let all = rules.iter().copied().chain([service]);
        all.filter_map(|r| age(r, key)).collect::<Vec<u8>>()
    };
    listing.from_age = ages("minimum_age").into_iter().min().filter(|a| *a > 0);
    // "Up to 100" and more says nothing.
    listing.to_age = ages("maximum_age").into_iter().max().filter(|a| *a < 100);
    if let (Some(from), Some(to)) = (listing.from_age, listing.to_age)
        && from > to
    {
        (listing.from_age, listing.to_age) = (None, None);
    }
}

/// Phone, page and mail: the service's own first, then of its contacts and places, then of whoever runs it.
fn reach(service: &Value, listing: &mut Listing, notes: &mut Vec<String>) {
    let organisation = service.get("organization");
    let contacts: Vec<&Value> = many(service, "contacts").collect();
    let places: Vec<&Value> = many(service, "service_at_locations").collect();
    let holders = [service]
        .into_iter()
        .chain(contacts.iter().copied())
        .chain(places.iter().copied());
    let inner = places
        .iter()
        .flat_map(|p| many(p, "contacts").chain(p.get("location")));
    let holders: Vec<&Value> = holders.chain(inner).chain(organisation).collect();
    let phones = holders.iter().flat_map(|h| many(h, "phones"));
    let numbers: Vec<String> = phones
        .filter_map(|p| plain(p, "number"))
        .chain(holders.iter().filter_map(|h| plain(h, "phone")))
        .take(LOOKED_AT)
        .collect();
    listing.phone = first(&numbers, clean::phone, "phone number", notes);
    let pages = [plain(service, "url")].into_iter().flatten();
    let theirs = organisation
        .into_iter()
        .flat_map(|o| ["website", "url"].into_iter().filter_map(|k| plain(o, k)));
    listing.url = first(
        &pages.chain(theirs).collect::<Vec<_>>(),
        clean::url,
        "web address",
        notes,
    );
    let mails = [Some(service), organisation]
        .into_iter()
        .flatten()
        .filter_map(|r| plain(r, "email"));
    listing.email = first(
        &mails.collect::<Vec<_>>(),
        clean::email,
        "e-mail address",
        notes,
    );
}

/// The first that can be used; a note for each one before it that cannot.
fn first(
    all: &[String],
    read: impl Fn(&str) -> Option<String>,
    what: &str,
    notes: &mut Vec<String>,
) -> Option<String> {
    for raw in all.iter().filter(|raw| !raw.trim().is_empty()) {
        if let Some(good) = read(raw) {
            return Some(good);
        }
        let shown = clean::text(raw, WORD).unwrap_or_default();
        notes.push(format!("'{shown}' is no {what} that can be used"));
    }
    None
}

fn locations(service: &Value) -> impl Iterator<Item = &Value> {
    let at = many(service, "service_at_locations").filter_map(|p| p.get("location"));
    at.chain(many(service, "locations"))
}

fn whereabouts(service: &Value, places: &[&Value], listing: &mut Listing) {
    for place in places.iter().take(LOOKED_AT) {
        let addresses = many(place, "addresses").chain(many(place, "physical_addresses"));
        for address in addresses.take(LOOKED_AT) {
            let mail_only = plain(address, "address_type").is_some_and(|t| t == "postal");
            if mail_only && listing.towns.len() + listing.postcodes.len() > 0 {
                continue;
            }
            keep(&mut listing.towns, text(address, "city", WORD));
            keep(
                &mut listing.postcodes,
                plain(address, "postal_code").and_then(|p| clean::postcode(&p)),
            );
        }
        let (latitude, longitude) = (number(place, "latitude"), number(place, "longitude"));
        if let (None, Some(lat), Some(lon)) = (listing.point, latitude, longitude)
            // The British Isles: anything else is a slip of the directory's.
            && (49.0..61.5).contains(&lat)
            && (-9.0..2.5).contains(&lon)
        {
            listing.point = Some((lat, lon));
        }
    }
    for area in many(service, "service_areas").take(LOOKED_AT) {
        let name = text(area, "service_area", SHORT).or_else(|| text(area, "name", SHORT));
        keep(&mut listing.serves, name);
    }
}

fn cost(service: &Value) -> Option<String> {
    let options = many(service, "cost_options")
        .take(KEPT)
        .filter_map(|option| {
            let amount = number(option, "amount").filter(|a| (0.0..100_000.0).contains(a));
            let words =
                text(option, "amount_description", WORD).or_else(|| text(option, "option", WORD));
            let amount = amount.map(|a| {
                if a.fract() == 0.0 {
                    format!("£{a:.0}")
                } else {
                    format!("£{a:.2}")
                }
            });
            match (amount, words) {
                (Some(amount), Some(words)) => Some(format!("{amount} {words}")),
                (amount, words) => amount.or(words),
            }
        });
    let own = text(service, "fees", SHORT).or_else(|| text(service, "fees_description", SHORT));
    own.or_else(|| clean::text(&options.collect::<Vec<_>>().join("; "), SHORT))
}

fn tags(service: &Value) -> Vec<String> {
    let terms = many(service, "attributes").filter_map(|a| a.get("taxonomy_term"));
    let old = many(service, "service_taxonomys").filter_map(|t| t.get("taxonomy"));
    let mut tags = Vec::new();
    for term in terms.chain(old).take(LOOKED_AT) {
        keep(
            &mut tags,
            text(term, "name", WORD).or_else(|| text(term, "term", WORD)),
        );
    }
    tags
}
