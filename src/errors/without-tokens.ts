/**
 * The text without tokens of this hub. People paste them where they do not belong (into a path, the name of an event
 * type, a URL), and what is said of that, to them or in the log, must not repeat them.
 */
export const withoutTokens = (text: string): string => text.replaceAll(/pbk_\w+/gi, 'pbk_…');
