import { useEffect, useState } from 'preact/hooks'

const PAUSE_MS = 200

/** What is typed, once one has stopped for a moment. */
export function useDelayed(value: string): string {
  const [delayed, setDelayed] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return delayed
}
