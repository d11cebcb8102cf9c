//! A directory of local services as a council would publish it, made up by count and the same each time, and a server on the
//! loopback that answers as a test says. `make bench` uses it too.
//! What never lives here: a test, an expectation.

use std::{collections::BTreeMap, net::TcpListener, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Query, Request, State},
    http::Response,
};
use serde_json::{Value, json};

/// What a path and its query are answered with.
pub(crate) type Answer = dyn Fn(&str, &BTreeMap<String, String>) -> (u16, Vec<u8>) + Send + Sync;

/// Serves on a free port of the loopback until the process ends; the address with its scheme.
pub(crate) fn serve(
    answer: impl Fn(&str, &BTreeMap<String, String>) -> (u16, Vec<u8>) + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let answer: Arc<Answer> = Arc::new(answer);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let router = Router::new().fallback(handle).with_state(answer);
            axum::serve(listener, router).await.unwrap();
        });
    });
    format!("http://{address}")
}

async fn handle(
    State(answer): State<Arc<Answer>>,
    Query(query): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response<Body> {
    let (status, body) = answer(request.uri().path(), &query);
    let mut response = Response::builder().status(status);
    if (300..400).contains(&status) {
        response = response.header("location", String::from_utf8_lossy(&body).into_owned());
    }
    response.body(Body::from(body)).unwrap()
}

/// Towns with their postcodes and places; three councils.
const TOWNS: [(&str, &str, f64, f64); 8] = [
    ("Maidstone", "ME14", 51.272, 0.529),
    ("Canterbury", "CT1", 51.280, 1.080),
    ("Margate", "CT9", 51.389, 1.386),
    ("Ashford", "TN23", 51.146, 0.873),
    ("Ely", "CB7", 52.399, 0.262),
    ("Wisbech", "PE13", 52.666, 0.159),
    ("Huntingdon", "PE29", 52.331, -0.183),
    ("Peterborough", "PE1", 52.573, -0.240),
];
const KINDS: [(&str, &str); 10] = [
    (
        "Day Centre",
        "A place to spend the day, with lunch and activities.",
    ),
    ("Saturday Club", "Games, crafts and a quiet room."),
    (
        "Respite House",
        "A short break with care, for a night or a week.",
    ),
    (
        "Payroll Desk",
        "Runs the payroll for people who employ their own Personal Assistants.",
    ),
    (
        "Memory Cafe",
        "Tea and company for people with dementia and whoever comes with them.",
    ),
    ("Swimming Group", "A warm pool with a hoist."),
    ("Advocacy", "Somebody who helps you to speak up."),
    ("Befriending", "A visit every week."),
    ("Community Transport", "A minibus with a lift."),
    ("Carers Group", "Other carers, a cup of tea and a talk."),
];
const PEOPLE: [(&str, u8, u8); 4] = [
    ("Autistic children", 5, 17),
    ("Disabled adults", 18, 99),
    ("Older people", 60, 99),
    ("Everyone", 0, 99),
];

/// A service with everything, as version 3 (or, when `old`, version 1) writes it.
pub(crate) fn service(number: usize, old: bool) -> Value {
    let (town, postcode, lat, lon) = TOWNS[number % TOWNS.len()];
    let (kind, what) = KINDS[number / TOWNS.len() % KINDS.len()];
    let (who, from, to) = PEOPLE[number / 7 % PEOPLE.len()];
    let phone = format!("01632 96{:04}", number % 10_000);
    let (letter, digit) = (
        char::from(b'A' + u8::try_from(number % 26).unwrap_or(0)),
        number % 10,
    );
    let address = json!({"id": format!("a{number}"), "address_1": format!("{number} High Street"), "city": town,
        "postal_code": format!("{postcode} {digit}{letter}{letter}"), "country": "GB"});
    let mut service = json!({
        "id": format!("s-{number}"),
        "name": format!("{town} {kind} {number}"),
        "description": format!("<p>{what}</p><p>For {}: ring us on &quot;{phone}&quot;.</p>", who.to_lowercase()),
        "status": "active",
        "url": format!("https://directory.example.org/services/{number}"),
        "email": format!("hello{number}@directory.example.org"),
        "assured_date": format!("2026-{:02}-{:02}", number % 10 + 1, number % 28 + 1),
        "fees": "Free",
        "organization": {"id": format!("o-{}", number % 700), "name": format!("Helping Hands {}", number % 700)},
        "contacts": [{"id": format!("c{number}"), "name": "Sam Persona", "phones": [{"id": format!("p{number}"), "number": phone}]}],
    });
    let place = |key: &str| {
        json!([{"id": format!("l{number}"), "location": {"id": format!("x{number}"), "latitude": lat + f64::from(u8::try_from(number % 50).unwrap_or(0)) / 1000.0,
            "longitude": lon, key: [address]}}])
    };
    let times = json!([{"id": format!("t{number}"), "freq": "WEEKLY", "byday": "MO,WE", "opens_at": "10:00:00", "closes_at": "15:00:00"}]);
    if old {
        service["eligibilitys"] = json!([{"eligibility": who, "minimum_age": from.to_string(), "maximum_age": to.to_string()}]);
        service["service_at_locations"] = place("physical_addresses");
        service["regular_schedules"] = times;
        service["service_taxonomys"] =
            json!([{"id": "1", "taxonomy": {"id": "2", "name": kind, "vocabulary": "local"}}]);
    } else {
        service["eligibility_description"] = json!(who);
        service["minimum_age"] = json!(from);
        service["maximum_age"] = json!(to);
        service["service_at_locations"] = place("addresses");
        service["schedules"] = times;
        service["attributes"] = json!([{"id": "1", "taxonomy_term": {"id": "2", "name": kind}}]);
    }
    service
}

/// What a list of version 3 leaves of a service.
pub(crate) fn shallow(mut service: Value) -> Value {
    if let Some(fields) = service.as_object_mut() {
        fields.retain(|_, value| !value.is_array());
    }
    service
}

/// Page `number` (from 1) of so many services.
pub(crate) fn page(of: usize, number: usize, size: usize, old: bool, full: bool) -> Vec<u8> {
    let start = (number.max(1) - 1) * size;
    let rows: Vec<Value> = (start..of.min(start + size))
        .map(|n| service(n, old))
        .map(|s| if full { s } else { shallow(s) })
        .collect();
    let pages = of.div_ceil(size);
    let (first, last, empty) = (number <= 1, number >= pages, rows.is_empty());
    let envelope = if old {
        json!({"totalElements": of, "totalPages": pages, "number": number, "size": rows.len(), "first": first, "last": last,
            "empty": empty, "content": rows})
    } else {
        json!({"total_items": of, "total_pages": pages, "page_number": number, "size": rows.len(), "first_page": first,
            "last_page": last, "empty": empty, "contents": rows})
    };
    envelope.to_string().into_bytes()
}

/// A whole feed: the page about it, its list in pages, and (where the list is shallow) the details of each.
pub(crate) fn feed(of: usize, old: bool, full: bool) -> String {
    serve(move |path, query| {
        let number =
            |key: &str, other: usize| query.get(key).and_then(|n| n.parse().ok()).unwrap_or(other);
        if path == "/" {
            return (
                200,
                br#"{"version": "HSDS-UK-3.0", "profile": "https://example.org"}"#.to_vec(),
            );
        }
        if path == "/services" {
            return (
                200,
                page(
                    of,
                    number("page", 1),
                    number("per_page", 10).min(100),
                    old,
                    full,
                ),
            );
        }
        match path
            .strip_prefix("/services/s-")
            .and_then(|n| n.parse().ok())
        {
            Some(n) if n < of => (200, service(n, old).to_string().into_bytes()),
            _ => (404, Vec::new()),
        }
    })
}
