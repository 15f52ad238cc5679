/** What a delivery to a connection needs: loaded when the first one comes. */
export { createCarrier } from '#src/connections';
