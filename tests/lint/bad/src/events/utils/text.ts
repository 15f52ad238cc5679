// fires: house(named-rooms)
export const comma = ',';
