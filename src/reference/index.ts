export { type ApiDocument, documentOf } from './document.ts';
export { referenceFiles } from './files.ts';
