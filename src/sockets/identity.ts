/** Who a socket belongs to. */
export interface Identity {
  userId: string
  sessionId: string
  /** When its access token expires, in milliseconds since the epoch. */
  expiresAt: number
}

/** What the socket itself keeps, so that it outlives the object in memory. */
export interface Attachment extends Identity {
  /** In an inbox: nobody is at this device. */
  isAway?: boolean
  /** In an inbox: the direct peers who were told that the user is online, and what is known of each. */
  peers?: Record<string, string>
}
