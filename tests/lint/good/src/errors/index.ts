export class PatchbayError extends Error {}
