export { Question } from '#src/ui';
