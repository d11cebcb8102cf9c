//! Signing in with the identity provider (OpenID Connect: code flow, PKCE). Somebody is who the token's `tid` and `oid`
//! say, or its issuer and subject; never an e-mail address, for those move to other people.
//! What never lives here: sessions (session.rs), which route leads here.

use std::{collections::BTreeSet, time::SystemTime};

use jiff::Timestamp;
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthenticationFlow, AuthorizationCode, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, HttpRequest, HttpResponse, IdTokenFields,
    IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use ureq::{
    Agent,
    tls::{RootCerts, TlsConfig},
};
use waymark::{base::Secret, casework::Grants, store::Subject};

use crate::settings::SingleSignOnSettings;

/// The provider has so long for each answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);
/// An answer of theirs is read up to so many bytes.
const LARGEST: u64 = 1 << 20;
/// Only signatures that need their private key: a token signed with our shared secret, or not at all, is refused.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Why it did not come about: for the log, never for the page.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failed(String);

fn failed(step: &'static str) -> impl Fn(&dyn std::fmt::Display) -> Failed {
    move |why| Failed(format!("{step}: {why}"))
}

/// What we read of a token beside the standard claims.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Claims {
    #[serde(default)]
    roles: BTreeSet<String>,
    oid: Option<String>,
    tid: Option<String>,
}

impl AdditionalClaims for Claims {}

type Fields = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Provider<A, D, I, R, T, U> = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    A,
    D,
    I,
    R,
    T,
    U,
>;

/// The one-time secrets of a sign-in.
pub(crate) struct OneTime {
    pub(crate) state: Secret,
    pub(crate) nonce: Secret,
    pub(crate) verifier: Secret,
}

/// Who came back.
pub(crate) struct Found {
    pub(crate) subject: Subject,
    /// When they showed there who they are, if the token says so.
    pub(crate) proved: Option<Timestamp>,
}

/// The address to send the browser to; with `again` the provider has to ask anew. Blocks.
///
/// # Errors
/// When the provider cannot be asked.
pub(crate) fn begin(
    address: &str,
    settings: &SingleSignOnSettings,
    once: &OneTime,
    again: bool,
) -> Result<String, Failed> {
    let client = client(address, settings, discovered(settings)?)?;
    let verifier = PkceCodeVerifier::new(once.verifier.reveal().to_owned());
    let (state, nonce) = (once.state.clone(), once.nonce.clone());
    let mut request = client
        .authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            move || CsrfToken::new(state.reveal().to_owned()),
            move || Nonce::new(nonce.reveal().to_owned()),
        )
        .add_scope(Scope::new("profile".to_owned()))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    if again {
        request = request
            .add_prompt(CoreAuthPrompt::Login)
            .set_max_age(std::time::Duration::ZERO);
    }
    Ok(request.url().0.to_string())
}

/// Changes the code for a token, checks it and reads who it is. Blocks.
///
/// # Errors
/// When the provider cannot be asked, or its token does not hold.
pub(crate) fn finish(
    address: &str,
    settings: &SingleSignOnSettings,
    once: &OneTime,
    code: String,
    now: Timestamp,
) -> Result<Found, Failed> {
    let client = client(address, settings, discovered(settings)?)?;
    let response = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|e| failed("token address")(&e))?
        .set_pkce_verifier(PkceCodeVerifier::new(once.verifier.reveal().to_owned()))
        .request(&ask)
        // The provider's own words could repeat the code: only that it failed is told.
        .map_err(|_| Failed("the code was not taken".to_owned()))?;
    let token = response
        .id_token()
        .ok_or_else(|| Failed("no id token".to_owned()))?;
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || SystemTime::from(now).into());
    let nonce = Nonce::new(once.nonce.reveal().to_owned());
    let claims = token
        .claims(&verifier, &nonce)
        .map_err(|e| failed("id token")(&e))?;
    if let Some(expected) = claims.access_token_hash() {
        let signed = token.signing_alg().map_err(|e| failed("id token")(&e))?;
        let key = token
            .signing_key(&verifier)
            .map_err(|e| failed("id token")(&e))?;
        let found = AccessTokenHash::from_token(response.access_token(), signed, key)
            .map_err(|e| failed("access token")(&e))?;
        if found != *expected {
            return Err(Failed("access token: another's".to_owned()));
        }
    }
    let own = claims.additional_claims();
    let (subject, issuer) = (claims.subject().as_str(), claims.issuer().as_str());
    let said = claims.preferred_username().map(|n| n.as_str());
    let full = claims.name().and_then(|n| n.get(None)).map(|n| n.as_str());
    let key = match (&own.tid, &own.oid) {
        (Some(tenant), Some(object)) => format!("{tenant}/{object}"),
        _ => format!("{issuer}#{subject}"),
    };
    let name = account_name(said.unwrap_or(""));
    Ok(Found {
        subject: Subject {
            key,
            display: display(full.or(said).unwrap_or(&name)),
            grants: granted(settings, &own.roles),
            name,
        },
        proved: claims
            .auth_time()
            .and_then(|at| Timestamp::from_second(at.timestamp()).ok()),
    })
}

fn granted(settings: &SingleSignOnSettings, roles: &BTreeSet<String>) -> Grants {
    let ours = roles.iter().filter_map(|role| settings.roles.get(role));
    ours.cloned().collect()
}

/// As people see it: one line, no longer than a line.
fn display(name: &str) -> String {
    let shown = name.chars().filter(|c| !c.is_control()).take(80);
    shown.collect::<String>().trim().to_owned()
}

/// A name for the log, of what stands before the @.
fn account_name(said: &str) -> String {
    let before = said.split('@').next().unwrap_or("").to_lowercase();
    let fits = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(*c);
    let name: String = before.chars().filter(fits).take(36).collect();
    match waymark::casework::is_account_name(&name) {
        true => name,
        false => "staff".to_owned(),
    }
}

fn discovered(settings: &SingleSignOnSettings) -> Result<CoreProviderMetadata, Failed> {
    let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|e| failed("issuer")(&e))?;
    CoreProviderMetadata::discover(&issuer, &ask).map_err(|e| failed("discovery")(&e))
}

fn client(
    address: &str,
    settings: &SingleSignOnSettings,
    metadata: CoreProviderMetadata,
) -> Result<
    Provider<
        openidconnect::EndpointSet,
        openidconnect::EndpointNotSet,
        openidconnect::EndpointNotSet,
        openidconnect::EndpointNotSet,
        openidconnect::EndpointMaybeSet,
        openidconnect::EndpointMaybeSet,
    >,
    Failed,
> {
    let back = format!("{}/console/sign-in/back", address.trim_end_matches('/'));
    let back = RedirectUrl::new(back).map_err(|e| failed("console.address")(&e))?;
    let secret = settings.client_secret.as_ref();
    let secret = secret.map(|s| ClientSecret::new(s.reveal().to_owned()));
    let id = ClientId::new(settings.client_id.clone());
    Ok(Client::from_provider_metadata(metadata, id, secret).set_redirect_uri(back))
}

/// One request to the provider. Redirects are not followed: they could lead anywhere.
fn ask(request: HttpRequest) -> Result<HttpResponse, Failed> {
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .http_status_as_error(false)
        .tls_config(
            TlsConfig::builder()
                .root_certs(RootCerts::PlatformVerifier)
                .build(),
        )
        .build()
        .into();
    let answer = agent.run(request).map_err(|e| failed("request")(&e))?;
    let (head, mut body) = answer.into_parts();
    let body = body.with_config().limit(LARGEST).read_to_vec();
    let body = body.map_err(|e| failed("answer")(&e))?;
    Ok(HttpResponse::from_parts(head, body))
}
