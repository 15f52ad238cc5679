/** The version of the hub and of its contract. A test holds it against package.json. */
export const hubVersion = '0.1.0';
