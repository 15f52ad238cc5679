import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeWith } from './describe.ts';

await describeWith('chromium', 'the browser of the tests', (chromium) => {
  test('is a program that tells its version', async () => {
    const { stdout } = await promisify(execFile)(chromium.url, ['--version', '--no-sandbox']);
    expect(stdout).toMatch(/Chrom(e|ium).* \d+\./);
  });
});
