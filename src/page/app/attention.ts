import { useEffect, useRef } from 'preact/hooks'

/** Calls back whenever somebody looks at this page, and when what they look at changes. */
export function useAttention(onLook: () => void, what: unknown): void {
  const look = useRef(onLook)
  look.current = onLook
  // biome-ignore lint/correctness/useExhaustiveDependencies: again when that changes
  useEffect(() => {
    const tell = () => {
      if (!document.hidden && document.hasFocus()) look.current()
    }
    tell()
    addEventListener('focus', tell)
    document.addEventListener('visibilitychange', tell)
    return () => {
      removeEventListener('focus', tell)
      document.removeEventListener('visibilitychange', tell)
    }
  }, [what])
}
