"""The smoke test of the site in Firefox and in WebKit: `make test-engines`.

Both are the distributions' own, unpatched, and are driven by the commands of WebDriver: Firefox
over the socket that it opens itself (Marionette), WebKit over WebKitWebDriver.
"""
