#!/bin/sh
# A Debian package of an executable that was built before, with the knowledge, the unit and a configuration.
#   sh bots/cli/package/build.sh target/release/waymark FOLDER     prints the package's name
set -eu

binary=$1
out=$2
here=$(dirname "$0")
root=$here/../../..
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
arch=$(dpkg --print-architecture)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

install -D -m 755 "$binary" "$stage/usr/bin/waymark"
strip --strip-debug "$stage/usr/bin/waymark" 2>/dev/null || true
install -D -m 755 "$here/as-waymark" "$stage/usr/sbin/as-waymark"
install -D -m 644 "$here/waymark.service" "$stage/usr/lib/systemd/system/waymark.service"
install -D -m 644 "$here/waymark.toml" "$stage/etc/waymark/waymark.toml"
mkdir -p "$stage/usr/share/waymark" "$stage/usr/share/doc/waymark"
cp -R "$root/knowledge" "$stage/usr/share/waymark/knowledge"
cp "$root/README.md" "$root/NOTICE" "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$stage/usr/share/doc/waymark/"
find "$stage" -type d -exec chmod 755 {} +
find "$stage/usr/share" -type f -exec chmod 644 {} +

mkdir "$stage/DEBIAN"
size=$(du -ks "$stage" | cut -f 1)
cat >"$stage/DEBIAN/control" <<CONTROL
Package: waymark
Version: $version
Architecture: $arch
Maintainer: Those who run Waymark <root@localhost>
Installed-Size: $size
Depends: libc6, libgcc-s1, libstdc++6, adduser, ca-certificates
Recommends: espeak-ng
Section: web
Priority: optional
Description: answers about Direct Payments, and a hand-over to advisers
 Answers questions about Direct Payments and employing Personal Assistants in England from a curated, dated, sourced knowledge
 base, and hands what it cannot answer to human advisers.
CONTROL
echo /etc/waymark/waymark.toml >"$stage/DEBIAN/conffiles"
cat >"$stage/DEBIAN/postinst" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
    if ! getent passwd waymark >/dev/null; then
        adduser --system --group --home /var/lib/waymark --no-create-home --quiet waymark
    fi
    install -d -o waymark -g waymark -m 700 /var/lib/waymark
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        # A running service takes the new version up; a fresh one is started by whoever has read its configuration.
        systemctl try-restart waymark.service
    fi
fi
SCRIPT
cat >"$stage/DEBIAN/prerm" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
    systemctl disable --now waymark.service || true
fi
SCRIPT
# What people wrote stays at /var/lib/waymark, even when the package is purged.
chmod 755 "$stage/DEBIAN/postinst" "$stage/DEBIAN/prerm"
mkdir -p "$out"
package=$out/waymark_${version}_$arch.deb
dpkg-deb --root-owner-group --build "$stage" "$package" >/dev/null
echo "$package"
