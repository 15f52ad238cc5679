// fires: typescript(switch-exhaustiveness-check)
export function wordFor(state: 'delivered' | 'dead'): string {
  switch (state) {
    case 'delivered':
      return 'sent';
  }
  return '';
}
