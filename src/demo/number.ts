export const pad = (number: number): string => String(number).padStart(3, '0');
export const bookingId = ({ number }: { number: number }): string => `bkg_${pad(number)}`;
