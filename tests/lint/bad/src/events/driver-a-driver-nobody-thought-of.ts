// fires: eslint(no-restricted-imports)
export * from 'a-driver-nobody-thought-of';
