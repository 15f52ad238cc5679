export { type Form, formOf, readForm, wrongOf } from '#src/ui';
