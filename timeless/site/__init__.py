"""The site: pages as written and the content they call become a folder of finished files.

Stands on all that pages show: words, figures, instruments and claims. `timeless.build` calls
its modules in this order: pages, content, render (fill, templates), links, files.
"""
