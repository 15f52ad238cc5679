// fires: eslint(no-restricted-imports)
export { signature } from 'a-library-nobody-thought-of';
