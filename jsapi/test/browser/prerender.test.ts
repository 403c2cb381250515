import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ARGS, CHROMIUM, useWorld } from "./world.js";

const at = useWorld();

// A driven browser does not prerender, so this one is let alone: the page moves on by itself when the site says so.
test("TR-2 a prerendered page is counted when it is shown, and not before", async () => {
  const { world } = at;
  const rules = JSON.stringify({ prerender: [{ urls: ["/next"], eagerness: "immediate" }] });
  const walk = `(async () => { while ((await fetch("/go")).status != 200) await new Promise((go) => setTimeout(go, 50)); location.href = "/next" })()`;
  world.site
    .set("/", { head: `<script type="speculationrules">${rules}</script><script>${walk}</script>` })
    .set("/next", { head: `<script>if (document.prerendering) fetch("/prerendering")</script>` });

  const profile = await mkdtemp(join(tmpdir(), "jsapi-prerender-"));
  const browser = spawn(
    CHROMIUM,
    [...ARGS, "--headless", "--remote-debugging-pipe", `--user-data-dir=${profile}`, world.site.at("/")],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  try {
    await world.tracker.count("/static/cs.min.js", 2);
    await expect.poll(() => world.site.asked, { timeout: 10_000 }).toContain("/prerendering");
    await world.tracker.count("/cs/h", 1);
    expect(world.hits.map((hit) => new URL(hit.u!).pathname)).toEqual(["/"]);
    expect(world.tracker.to("/cs/s")).toHaveLength(1);

    world.site.set("/go");
    await world.tracker.count("/cs/h", 2);
    expect(world.hits.map((hit) => new URL(hit.u!).pathname)).toEqual(["/", "/next"]);
    expect(world.site.asked.filter((path) => path === "/next")).toHaveLength(1);
  } finally {
    browser.kill();
    await once(browser, "exit");
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
