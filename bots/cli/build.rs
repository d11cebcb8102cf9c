//! Tells the tests whether the Bot API's own description lies beside the project: what needs it is shown as ignored else.
//! What never lives here: anything that the executable is made of.

use std::path::Path;

fn main() {
    let description = Path::new("../../../shared/telegram-bot-api/api.json");
    println!("cargo::rustc-check-cfg=cfg(bot_api)");
    println!("cargo::rerun-if-changed={}", description.display());
    if description.exists() {
        println!("cargo::rustc-cfg=bot_api");
    }
}
