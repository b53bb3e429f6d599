/** What a container tells about what is in it; null for what it does not tell. */
export interface ContainerFacts {
  /** Seconds. */
  duration: number | null
  /** As a player shows it. */
  width: number | null
  height: number | null
  /** True for sound without a picture, false for a film, null when no track was found. */
  isSound: boolean | null
}

export const NOTHING: ContainerFacts = { duration: null, width: null, height: null, isSound: null }

export const soundOf = (duration: number | null): ContainerFacts => ({
  ...NOTHING,
  duration,
  isSound: true,
})

/** Replaces values that no real file has with null: the numbers come from a stranger's file. */
export const plausible = ({
  duration,
  width,
  height,
  isSound,
}: ContainerFacts): ContainerFacts => ({
  duration: duration !== null && duration > 0 && duration < 1e6 ? duration : null,
  width: width !== null && width > 0 && width < 65_536 ? width : null,
  height: height !== null && height > 0 && height < 65_536 ? height : null,
  isSound,
})
