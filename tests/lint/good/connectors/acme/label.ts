export const label = 'Acme';
