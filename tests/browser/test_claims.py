"""The ledger as a reader uses it: every claim in words, sorted, filtered, linked to and shared."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import BuiltSite, Visit
from tests.browser.reading import ROOT
from timeless.claims import judge
from timeless.claims.verdicts import Verdict
from timeless.results.artifacts import Results

LEDGER = judge(Results(ROOT / "artifacts"))
IDS = [entry.claim.id for entry in LEDGER.entries]
RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}
WORDS = {entry.claim.id: entry.verdict.value for entry in LEDGER.entries}


def rows(page: Page) -> list[str]:
    """Return the claims that the table shows, from the top."""
    return [str(row.get_attribute("id")) for row in page.locator(".ledger tbody tr:visible").all()]


def head(page: Page, name: str) -> Locator:
    return page.locator(f".ledger th[data-sort={name}]")


def sort(page: Page, name: str) -> None:
    head(page, name).locator("button").press("Enter")


def choose(page: Page, verdict: str) -> None:
    page.locator(f".tally [data-tally={verdict}] button").press("Enter")


def status(page: Page) -> Locator:
    return page.locator(".ledger [role=status]")


@pytest.mark.parametrize("origin", ["file", "server"])
def test_every_claim_has_its_verdict_in_words_and_the_summary_counts_them(
    visit: Visit, origin: str
) -> None:
    page = visit("claims.html", origin=origin)
    assert rows(page) == IDS
    for claim, word in WORDS.items():
        expect(page.locator(f"[id='{claim}'] td .verdict")).to_have_text(word)
    for verdict, n in LEDGER.counts.items():
        shown = page.locator(f".tally [data-tally={verdict.slug}]")
        expect(shown).to_have_text(re.compile(rf"{n}\s*{verdict.value}"))
    expect(page.locator(".tally li").first).to_have_text(re.compile(rf"{len(IDS)}\s*all"))


def test_it_is_sorted_by_keyboard_and_back(visit: Visit) -> None:
    page = visit("claims.html")
    expect(head(page, "number")).to_have_attribute("aria-sort", "ascending")
    sort(page, "claim")
    assert rows(page) == sorted(IDS)
    expect(head(page, "claim")).to_have_attribute("aria-sort", "ascending")
    expect(head(page, "number")).not_to_have_attribute("aria-sort", re.compile("."))
    sort(page, "claim")
    assert rows(page) == sorted(IDS, reverse=True)
    expect(head(page, "claim")).to_have_attribute("aria-sort", "descending")
    expect(status(page)).to_have_text(
        f"All {len(IDS)} claims, by name, from the last to the first."
    )
    sort(page, "number")
    assert rows(page) == IDS
    sort(page, "verdict")
    entries = sorted(LEDGER.entries, key=lambda entry: RANKS[entry.verdict])
    assert rows(page) == [entry.claim.id for entry in entries]


@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_filtered_by_verdict(visit: Visit, width: int) -> None:
    page = visit("claims.html", width=width)
    for verdict, n in LEDGER.counts.items():
        choose(page, verdict.slug)
        wanted = [entry.claim.id for entry in LEDGER.entries if entry.verdict is verdict]
        assert rows(page) == wanted
        expect(status(page)).to_contain_text(f"{n} of {len(IDS)} claims")
        pressed = page.locator(".tally [aria-pressed=true]")
        expect(pressed).to_contain_text(verdict.value)
    page.locator(".tally button").first.press("Enter")
    assert rows(page) == IDS


def test_a_view_can_be_shared(visit: Visit) -> None:
    page = visit("claims.html")
    verdict = next(iter(LEDGER.counts))
    choose(page, verdict.slug)
    sort(page, "claim")
    expect(page).to_have_url(re.compile(rf"ledger\.sort=claim.*ledger\.verdict={verdict.slug}"))
    shown = rows(page)
    page.reload()
    expect(status(page)).to_contain_text("by name")
    assert rows(page) == shown


def test_a_link_to_a_claim_finds_it_behind_a_filter(visit: Visit) -> None:
    page = visit("claims.html")
    hidden = next(e.claim.id for e in LEDGER.entries if e.verdict is not LEDGER.entries[0].verdict)
    choose(page, LEDGER.entries[0].verdict.slug)
    row = page.locator(f"[id='{hidden}']")
    expect(row).to_be_hidden()
    page.evaluate("id => { location.hash = id; }", hidden)
    expect(row).to_be_visible()
    expect(row).to_be_in_viewport()


def test_a_claim_links_to_its_figure(visit: Visit) -> None:
    page = visit("claims.html")
    link = page.locator("[id='memorise-fast'] td a")
    link.click()
    expect(page).to_have_url(re.compile(r"grokking\.html#figure-curves$"))
    expect(page.locator("#figure-curves")).to_be_in_viewport()


def test_without_scripts_it_stands_in_the_order_of_the_study(visit: Visit) -> None:
    page = visit("claims.html", java_script_enabled=False)
    assert rows(page) == IDS
    expect(page.locator(".ledger button")).to_have_count(0)


def test_the_download_says_the_same(site: BuiltSite) -> None:
    document = json.loads((site.folder / "claims.json").read_text(encoding="utf-8"))
    assert {claim["id"]: claim["verdict"] for claim in document["claims"]} == WORDS
