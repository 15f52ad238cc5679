import type { Pages } from './app.ts';

/** The portal and the console. Loaded late: commands and processes that only send show no pages. */
export async function loadPages(): Promise<Pages> {
  const [{ compressedPortalRoutes }, { compressedConsoleRoutes }] = await Promise.all([
    import('#src/portal'),
    import('#src/console'),
  ]);
  return (...given) => {
    compressedPortalRoutes(...given);
    compressedConsoleRoutes(...given);
  };
}
