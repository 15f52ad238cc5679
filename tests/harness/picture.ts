import type { Page } from 'playwright-core';

/** Leaves the whole page at this path, for somebody to look at: not in CI, where nobody does and a core is short. */
export async function takePicture(page: Page, path: string): Promise<void> {
  if (process.env['CI'] !== 'true') await page.screenshot({ path, fullPage: true });
}
