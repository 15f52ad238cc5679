/**
 * Who in a workspace may do what. A person in Slack is nobody whom Patchbay knows, so it goes by what Slack vouches for:
 * the workspace, the channel, and who connected it.
 *
 * - Only people of the connected workspace; guests of a shared channel from elsewhere may press nothing.
 * - Status, mute, unmute, test: whoever is in the channel, about what comes into that channel: they read it anyway, and a
 *   mute stops nothing for anybody else. It is announced there, with their name. What goes to other channels as well is
 *   left to whoever connected Slack.
 * - Accept and decline speak for the account: off, until it says who (`respond`).
 */
import type { Desk, InboundHub } from '#kit';
import { isData, text } from './read.ts';

export type Asker = { team: string; channel: string; user: string };

/** One connection, as this person sees it from this channel. */
export type Seat = {
  desk: Desk;
  state: string;
  subscriptions: readonly {
    eventTypes: readonly string[];
    state: string;
    description: string;
    channel: string;
  }[];
  /** It posts into the channel in which was asked. */
  isHere: boolean;
  /** It posts into others too. */
  isElsewhere: boolean;
  isMine: boolean;
};

/** Those that post here; asked anywhere else, those of the person themselves. */
export async function seatsFor(hub: InboundHub, asker: Asker): Promise<Seat[]> {
  const desks = await hub.ofAccount(asker.team);
  const seats = await Promise.all(desks.map((desk) => seatOf(desk, asker)));
  const here = seats.filter(({ isHere }) => isHere);
  return here.length > 0 ? here : seats.filter(({ isMine }) => isMine);
}

export async function seatOf(desk: Desk, { channel, user }: Asker): Promise<Seat> {
  const { state, subscriptions } = await desk.status();
  const own = text(desk.facts, 'channel.id') ?? '';
  const placed = subscriptions.map(({ options, ...shown }) => ({
    ...shown,
    channel: (isData(options) ? text(options, 'channel') : undefined) ?? own,
  }));
  const channels = new Set([own, ...placed.map((one) => one.channel)].filter(Boolean));
  return {
    desk,
    state,
    subscriptions: placed,
    isHere: channels.has(channel),
    isElsewhere: [...channels].some((one) => one !== channel),
    isMine: isConnector(desk, user),
  };
}

export const isConnector = (desk: Desk, user: string): boolean =>
  user !== '' && text(desk.facts, 'connectedBy') === user;

/** A mute holds back all of a connection, so it is for those whom all of it concerns. */
export const mayMute = ({ isHere, isElsewhere, isMine }: Seat): boolean => isMine || (isHere && !isElsewhere);
