import { provideProgram } from './provide.ts';

/** The path of a Chromium or Chrome, for tests that need a real browser. */
export async function findChromium(): Promise<string> {
  return provideProgram(chromiumProgram);
}

export const chromiumProgram = {
  programs: [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'chrome',
    'headless_shell',
  ],
  folders: [
    '/usr/lib/chromium',
    '/opt/google/chrome',
    '/Applications/Google Chrome.app/Contents/MacOS',
    '/Applications/Chromium.app/Contents/MacOS',
  ],
  package: 'chromium',
};
