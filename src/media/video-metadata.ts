/**
 * What a video's container says about it; null for what its first bytes do not tell.
 * Why by hand: docs/decisions/0008-video-metadata-by-hand.md.
 */
export interface VideoMetadata {
  /** Seconds. */
  duration: number | null
  width: number | null
  height: number | null
}

export const UNKNOWN_VIDEO: VideoMetadata = { duration: null, width: null, height: null }

/** Replaces values that no real video has with null: the numbers come from a stranger's file. */
export const plausible = ({ duration, width, height }: VideoMetadata): VideoMetadata => ({
  duration: duration !== null && Number.isFinite(duration) && duration < 1e6 ? duration : null,
  width: width !== null && width > 0 && width < 65_536 ? width : null,
  height: height !== null && height > 0 && height < 65_536 ? height : null,
})
