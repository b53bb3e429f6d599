import type { Frames } from '../clients/frames'
import type { Server } from '../runtime/server'

/** What a frame from the room says to a client that counts. */
export interface Received {
  /** Where the room is, said on opening. */
  ready?: number
  events: { seq: number; nonce: string | undefined }[]
  /** Nonces of one's own messages that are known to be stored. */
  acknowledged: string[]
  isPong?: boolean
}

export interface Call {
  method: string
  path: string
  headers: Record<string, string>
  body?: string
}

export interface Reaction {
  /** Of the message. */
  seq: number
  emoji: string
  isGiven: boolean
}

/** How a target is spoken to. */
export interface Dialect {
  name: 'ours' | 'floor'
  /** Whether the first frame says where the room is. */
  greets: boolean
  socket(
    room: Room,
    member: number,
    after: number | undefined,
  ): { path: string; protocols: string[] }
  post(room: Room, member: number, nonce: string, text: string): string
  /** Gives an emoji to a message or takes it back; the floor posts instead. */
  react(room: Room, member: number, ref: string, reaction: Reaction): string
  read(frame: string): Received
  httpPost(room: Room, nonce: string, text: string): Call
  history(room: Room, before: number): Call
}

export interface Room {
  dialect: Dialect
  url: URL
  roomId: string
  /** Access tokens of its members; the floor only looks at how many there are. */
  tokens: string[]
  frames: Frames
}

/** One of the two that are compared: a Worker that runs, and how to speak to it. */
export interface Target {
  dialect: Dialect
  server: Server
  /** Makes a room with members. */
  room(members: number): Promise<Room>
}
