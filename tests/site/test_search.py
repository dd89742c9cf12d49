"""The index of a search: what there is to find in a finished page."""

from timeless.site.search import entries

PAGE = """<body><nav>Menu</nav><main><article><h1>Home</h1><p>It <em>sur</em>prises.</p>
<nav class="toc">Contents</nav>
<h2 id="law">The law <a class="permalink">#</a></h2>
<p>With <mjx-container><svg><text>no</text></svg><mjx-assistive-mml>
<math><msup><mi>p</mi><mn>2</mn></msup></math></mjx-assistive-mml></mjx-container> pairs.</p>
<script type="math/tex">x</script><br>
<div><h3 id="part">A part</h3><p>inside</p></div><p>and after.</p>
<figure id="figure-curve"><div class="figure-box"><p class="figure-alt">alt</p></div><figcaption>
<p class="figure-title"><span class="figure-number">Figure 1</span> A curve</p><p>It falls.</p>
</figcaption></figure><p>Below it.</p>
<figure id="widget-dial"><p class="figure-title">A dial</p><p>turn</p></figure>
<table><tr id="stable" data-verdict="confirmed"><td>1</td><th><a class="claim-id">stable</a> No
relapse.</th></tr></table></article></main></body>"""


def test_it_holds_sections_figures_instruments_and_claims() -> None:
    found = [(e.kind, e.href, e.title, e.text) for e in entries(PAGE.encode(), "home.html")]
    assert found == [
        ("section", "home.html", "Home", "It surprises."),
        ("section", "home.html#law", "The law", "With p² pairs."),
        ("section", "home.html#part", "A part", "inside and after. Below it."),
        ("figure", "home.html#figure-curve", "A curve", "It falls."),
        ("instrument", "home.html#widget-dial", "A dial", "turn"),
        ("claim", "home.html#stable", "stable", "1 No relapse."),
    ]
