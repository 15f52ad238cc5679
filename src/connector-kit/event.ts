/** What an endpoint receives (docs/webhooks, format `standard`), and a connector plans from: the same projection. */
export type HubEvent = {
  /** `evt_…` */
  id: string;
  type: string;
  /** RFC 3339, UTC. */
  timestamp: string;
  schema_version: number;
  /** Grows within `subject`. */
  sequence: number;
  city: string | null;
  /** `bookings/bkg_…` */
  subject: string;
  account: string;
  grant: string;
  subscription: string;
  data: Record<string, unknown>;
};
