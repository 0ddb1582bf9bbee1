"""What holds for every view of the page however it is looked at, and pictures for people."""

import itertools

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from support.browser import screenshot, widest_overflow

SCHEMES, WIDTHS = ("light", "dark"), (1280, 360)  # CSS pixels
NARROWEST = 320  # a wide window at 400 %, for those who need large letters
GRAVE = {"serious", "critical"}

_FINDINGS = """async ({ exclude, only }) => {
  const { violations, incomplete } = await axe.run({ exclude }, only ? { runOnly: [only] } : {});
  // Single signs, emoji and what is drawn are beyond it; they have the colours of other texts.
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

_ARRIVE = """() => document.getAnimations()
  .filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime))
  .forEach((animation) => animation.finish())"""


def check_looks(page: Page, name: str, *, besides: str = "") -> None:
    """Check a view in light and dark, narrow and wide; keep a picture of each.

    Nobody scrolls sideways, and axe-core finds nothing serious: names, roles, contrast. `besides`
    selects what it need not look at, because the like of it is in the view already.
    """
    before = page.viewport_size
    page.evaluate("document.activeElement.blur()")
    page.emulate_media(reduced_motion="reduce")
    for width, scheme in itertools.product(WIDTHS, SCHEMES):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        arrive(page)
        assert widest_overflow(page) <= 0, f"{name} is wider than {width} px"
        screenshot(page, f"{name}-{width}-{scheme}")
        if width == WIDTHS[0]:  # names, roles and colours are the same in a narrow window
            # ... and names and roles in the dark.
            found = findings(page, besides, only="color-contrast" if scheme == "dark" else "")
            assert not found, f"{name} in {scheme}: {found}"
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    assert widest_overflow(page) <= 0, f"{name} is wider than {NARROWEST} px"
    page.emulate_media(color_scheme="null", reduced_motion="null")
    if before:
        page.set_viewport_size(before)


def arrive(page: Page) -> None:
    """End what is on its way: half a change of colour is no finding.

    Reduced motion keeps transitions from starting; one that has started goes on regardless.
    """
    page.evaluate(_ARRIVE)


def findings(page: Page, besides: str = "", only: str = "") -> list[str]:
    """Return what axe-core finds serious or critical in the page as it is, by one rule or by all.

    A contrast that could not be measured is not taken for a good one.
    """
    arrive(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[tuple[str, str]] = page.evaluate(
        _FINDINGS, {"exclude": [besides] if besides else [], "only": only}
    )
    return [finding for impact, finding in found if impact in GRAVE]
