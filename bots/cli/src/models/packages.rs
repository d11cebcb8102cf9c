//! The Python package index that pip uses here, and where it has a file. The index is pip's to name: none is written down.
//! What never lives here: downloading, installing anything.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use regex::Regex;
use serde::Deserialize;
use url::Url;

use super::download;

/// Both ways an index may list a project's files; the first is wanted.
const LISTINGS: &str = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";

#[derive(Deserialize)]
struct Listing {
    files: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    filename: String,
    url: String,
}

/// The index: `PIP_INDEX_URL`, else what pip is configured with, else what pip has built in.
pub(super) fn index() -> Result<Url> {
    let named = std::env::var("PIP_INDEX_URL")
        .ok()
        .filter(|url| !url.trim().is_empty())
        .or_else(|| pip(&["config", "get", "global.index-url"]))
        .or_else(|| built_in(&pip(&["install", "--help"])?))
        .context("no package index is known: install pip, or set PIP_INDEX_URL")?;
    let mut url: Url = named
        .trim()
        .parse()
        .context("the package index's address")?;
    // Only below a folder does a relative address stay inside it.
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// What pip prints, whatever it is called here.
fn pip(arguments: &[&str]) -> Option<String> {
    let names: [&[&str]; 3] = [&["pip"], &["pip3"], &["python3", "-m", "pip"]];
    names.iter().find_map(|name| {
        let (program, first) = name.split_first()?;
        let mut command = Command::new(program);
        command.args(first).args(arguments);
        // Its help is broken into lines by the terminal's width.
        let run = command.env("COLUMNS", "500").output().ok()?;
        let said = String::from_utf8(run.stdout).ok()?;
        (run.status.success() && !said.trim().is_empty()).then_some(said)
    })
}

/// The default that pip's help names behind `--index-url`.
fn built_in(help: &str) -> Option<String> {
    let default = Regex::new(r"--index-url\b[^)]*?\(default:?\s+(https?://[^\s)]+)\)").ok()?;
    Some(default.captures(help)?.get(1)?.as_str().to_owned())
}

/// Downloads a package of the JavaScript index that npm uses here into a folder: npm knows its index.
pub(super) fn npm(package: &str, version: &str, folder: &Path) -> Result<PathBuf> {
    let mut command = Command::new("npm");
    command.args(["config", "get", "registry"]);
    let said = command.output().context("npm is not installed")?;
    let registry: Url = String::from_utf8(said.stdout)?
        .trim()
        .parse()
        .context("npm's index")?;
    let file = format!("{package}-{version}.tgz");
    let address = format!(
        "{}/{package}/-/{file}",
        registry.as_str().trim_end_matches('/')
    );
    download::to_folder(&address.parse()?, &file, folder, 0)
}

/// Where an index has a file of a project.
pub(super) fn address(index: &Url, project: &str, file: &str) -> Result<Url> {
    let page = index.join(&format!("{project}/"))?;
    let listing = download::text(&page, LISTINGS)?;
    match listed(&listing, file) {
        Some(link) => Ok(page.join(&link)?),
        None => bail!("the index does not list {file}"),
    }
}

/// The address of a file in a listing, JSON or HTML.
fn listed(listing: &str, file: &str) -> Option<String> {
    if let Ok(listing) = serde_json::from_str::<Listing>(listing) {
        let found = listing.files.into_iter().find(|f| f.filename == file)?;
        return Some(found.url);
    }
    let link = Regex::new(r#"(?i)<a\s[^>]*?href\s*=\s*["']([^"']+)["']"#).ok()?;
    link.captures_iter(listing)
        .filter_map(|found| Some(found.get(1)?.as_str().replace("&amp;", "&")))
        .find(|address| {
            let path = address.split(['#', '?']).next().unwrap_or("");
            path.rsplit('/').next() == Some(file)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "a_b-0.1.0-py3-none-any.whl";

    #[test]
    fn both_kinds_of_listing_are_read() {
        let json = format!(
            r#"{{"meta": {{"api-version": "1.0"}}, "name": "a-b", "files": [
                {{"filename": "a_b-0.1.0.tar.gz", "url": "x.tar.gz", "hashes": {{}}}},
                {{"filename": "{FILE}", "url": "https://files.example/{FILE}", "hashes": {{}}}}]}}"#
        );
        let there = format!("https://files.example/{FILE}");
        assert_eq!(listed(&json, FILE), Some(there));
        let html = format!(
            "<html><body><a href=\"../../x/a_b-0.1.0.tar.gz\">a</a><br>\n\
             <a data-requires-python=\"&gt;=3.8\" HREF='../../x/{FILE}?k=1&amp;l=2#sha256=00'>{FILE}</a>"
        );
        let there = format!("../../x/{FILE}?k=1&l=2#sha256=00");
        assert_eq!(listed(&html, FILE), Some(there));
        assert_eq!(listed("<html></html>", FILE), None);
        assert_eq!(listed(r#"{"files": []}"#, FILE), None);
    }

    #[test]
    fn the_default_is_read_out_of_the_help() {
        let help = "  -i, --index-url <url>   Base URL of the Python Package Index (default\n      \
                    https://index.example/simple). This should point to ...\n  --extra-index-url <url> Extra (default http://no)";
        assert_eq!(
            built_in(help).as_deref(),
            Some("https://index.example/simple")
        );
        assert_eq!(built_in("usage: something else"), None);
    }
}
