/** Where a room of a target is, and who is in it. */
export interface RoomAddress {
  url: URL
  roomId: string
  /** Access tokens of its members; the floor only looks at how many there are. */
  tokens: string[]
}

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
    room: RoomAddress,
    member: number,
    after: number | undefined,
  ): { path: string; protocols: string[] }
  post(room: RoomAddress, member: number, nonce: string, text: string): string
  /** Gives an emoji to a message or takes it back; the floor posts instead. */
  react(room: RoomAddress, member: number, ref: string, reaction: Reaction): string
  read(frame: string): Received
  httpPost(room: RoomAddress, nonce: string, text: string): Call
  history(room: RoomAddress, before: number): Call
}
