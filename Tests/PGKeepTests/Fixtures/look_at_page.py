"""Opens a page in Chromium and tells as JSON what a reader would see. Usage: look_at_page.py PAGE FOLDER"""

import json
import shutil
import sys

from playwright.sync_api import sync_playwright

page_path, folder = sys.argv[1:]
seen = {"requests": [], "errors": []}
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.on("request", lambda request: seen["requests"].append(request.url))
    page.on("pageerror", lambda error: seen["errors"].append(str(error)))
    page.on("console", lambda message: seen["errors"].append(message.text))
    page.goto("file://" + page_path)
    seen["title"] = page.title()
    seen["rows"] = page.locator("table.items tbody tr").all_inner_texts()
    seen["failed"] = page.locator("table.items tr.failed").count()
    seen["charts"] = [
        {"title": chart.get_attribute("aria-label"), "points": chart.locator("circle").count(), **chart.bounding_box()}
        for chart in page.locator("svg").all()
    ]
    # Whatever is drawn outside of its chart can't be read.
    seen["outside"] = page.evaluate(
        """() => [...document.querySelectorAll('svg')].flatMap(svg => [...svg.querySelectorAll('circle, text')].filter(mark => {
            const all = svg.getBoundingClientRect(), box = mark.getBoundingClientRect()
            return box.left < all.left - 1 || box.right > all.right + 1 || box.top < all.top - 1 || box.bottom > all.bottom + 1
        })).length"""
    )
    page.locator("table.items tbody tr a").last.click()
    seen["jumped"] = page.url.split("#")[-1]
    seen["controls"] = page.locator("table.controls tbody tr").count()
    for width in (1100, 400):
        page.set_viewport_size({"width": width, "height": 900})
        seen[f"overflow{width}"] = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    page.set_viewport_size({"width": 1100, "height": 900})
    page.screenshot(path=folder + "/page.png", full_page=True)
    page.pdf(path=folder + "/page.pdf", format="A4")
    browser.close()
with open(folder + "/page.pdf", "rb") as file:
    seen["pdf"] = file.read(5).decode()
print(json.dumps(seen))
