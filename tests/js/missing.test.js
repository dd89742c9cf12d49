"use strict";
// The page for what is not there, served at any depth of a site whose address nobody has told.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const vm = require("node:vm");

const template = fs.readFileSync(path.join(__dirname, "../../templates/missing-script.html"), "utf8");
const script = /<script>(.*)<\/script>/s.exec(template)[1];

/** The links of the page opened at an address, where the site has its icon at `icon`. */
function links(address, icon, given) {
  const anchors = given.map((href) => ({
    href,
    getAttribute: () => href,
    setAttribute(_, value) {
      this.href = value;
    },
  }));
  const tried = [];
  class Image {
    set src(url) {
      tried.push(url);
      if (url === icon) this.onload();
      else this.onerror();
    }
  }
  const document = { querySelectorAll: () => anchors };
  vm.runInNewContext(script, { document, Image, location: new URL(address) });
  return { found: anchors.map((anchor) => anchor.href), tried };
}

test("links lead to the site from any depth, and others stay as they are", () => {
  const given = ["index.html", "https://x.org/", "#top", "/elsewhere"];
  const { found } = links("https://host/timeless/a/b/nowhere.html", "/timeless/images/favicon.svg", given);
  assert.deepEqual(found, ["/timeless/index.html", "https://x.org/", "#top", "/elsewhere"]);
});

test("at the root of a host, without an icon, and from a file", () => {
  assert.deepEqual(links("https://host/nowhere", "/images/favicon.svg", ["index.html"]).found, ["/index.html"]);
  const { found, tried } = links("https://host/a/nowhere", "/none", ["index.html"]);
  assert.deepEqual(found, ["index.html"]);
  assert.deepEqual(tried, ["/a/images/favicon.svg", "/images/favicon.svg"]);
  assert.deepEqual(links("file:///site/404.html", "/site/images/favicon.svg", ["index.html"]).found, ["index.html"]);
});
