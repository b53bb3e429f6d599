/** A frame as it is sent. */
export interface EncodedFrame {
  text: string
  bytes: number
}

export function encode(frame: object): EncodedFrame {
  const text = JSON.stringify(frame)
  return { text, bytes: Buffer.byteLength(text) }
}

export const totalBytes = (frames: EncodedFrame[]): number =>
  frames.reduce((sum, { bytes }) => sum + bytes, 0)
