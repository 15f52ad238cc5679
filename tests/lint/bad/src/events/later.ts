// fires: eslint(no-warning-comments)
// TODO: publish
export const events = [];
