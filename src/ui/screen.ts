import { createContext, useContext } from 'hono/jsx';

/** What every piece of a page goes by. `timeZone` is the account's; a browser with script shows its own. */
export type Screen = { nowMs: number; timeZone: string; formKey: string };

const nowhere: Screen = { nowMs: 0, timeZone: 'UTC', formKey: '' };
export const ScreenContext = createContext<Screen>(nowhere);
export const useScreen = (): Screen => useContext(ScreenContext);
