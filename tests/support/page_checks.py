"""Checks that every view of the page must pass: layout, accessibility; and its screenshots."""

import itertools

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from support.browser import screenshot, widest_overflow

SCHEMES, WIDTHS = ("light", "dark"), (1280, 360)  # CSS pixels
NARROWEST = 320  # a 1280 px window at 400 % zoom
GRAVE = {"serious", "critical"}

# axe-core cannot measure the contrast of single characters, emoji and drawings ("incomplete").
# They have the colors of texts that it does measure, so these nodes are left out.
_FINDINGS = """async ({ exclude, only }) => {
  const { violations, incomplete } = await axe.run({ exclude }, only ? { runOnly: [only] } : {});
  const plain = ({ html, any }) =>
    !["shortTextContent", "nonBmp"].includes(any[0].data?.messageKey) && !html.startsWith("<text");
  const unknown = incomplete
    .filter(({ id }) => id === "color-contrast")
    .map((each) => ({ ...each, nodes: each.nodes.filter(plain) }))
    .filter(({ nodes }) => nodes.length);
  return [...violations, ...unknown].map(({ impact, id, nodes }) => [
    impact, `${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary).join()}`,
  ]);
}"""

_FINISH = """() => document.getAnimations()
  .filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime))
  .forEach((animation) => animation.finish())"""


def check_view(page: Page, name: str, *, exclude: str = "") -> None:
    """Check a view in light and dark, wide and narrow: no overflow, no grave finding of axe-core.

    `exclude` selects elements that axe-core skips because the view shows others like them.
    """
    before = page.viewport_size
    page.evaluate("document.activeElement.blur()")
    page.emulate_media(reduced_motion="reduce")
    for width, scheme in itertools.product(WIDTHS, SCHEMES):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        finish_animations(page)
        assert widest_overflow(page) <= 0, f"{name} is wider than {width} px"
        screenshot(page, f"{name}-{width}-{scheme}")
        if width == WIDTHS[0]:  # names, roles and colors do not depend on the width
            # Names and roles do not depend on the color scheme either.
            found = findings(page, exclude, only="color-contrast" if scheme == "dark" else "")
            assert not found, f"{name} in {scheme}: {found}"
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    assert widest_overflow(page) <= 0, f"{name} is wider than {NARROWEST} px"
    page.emulate_media(color_scheme="null", reduced_motion="null")
    if before:
        page.set_viewport_size(before)


def finish_animations(page: Page) -> None:
    """Finish running transitions: a color that is halfway is not a finding.

    Reduced motion prevents new transitions but does not end one that has started.
    """
    page.evaluate(_FINISH)


def findings(page: Page, exclude: str = "", only: str = "") -> list[str]:
    """Return axe-core's serious and critical findings, from all rules or from one (`only`).

    A contrast that axe-core cannot measure counts as a finding.
    """
    finish_animations(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[tuple[str, str]] = page.evaluate(
        _FINDINGS, {"exclude": [exclude] if exclude else [], "only": only}
    )
    return [finding for impact, finding in found if impact in GRAVE]
