import { useEffect, useState } from 'preact/hooks'
import { useAction } from '../app/requests'
import type { AccountPart } from '../app/routes'
import { Failure, Skeleton } from '../components/states'
import type { Account as AccountView } from './account/account'
import { ViewFrame } from './view-frame'

let loaded: typeof AccountView | null = null

/** One's account. It is a fifth of the page and seldom opened, so it is fetched then. */
export function Account({ part }: { part: AccountPart }) {
  const [View, setView] = useState(() => loaded)
  const { run, problem } = useAction(async () => {
    loaded = (await import('./account/account')).Account
    setView(() => loaded)
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    if (!View) run()
  }, [])
  if (View) return <View part={part} />
  return (
    <ViewFrame title="Your account">
      {problem ? (
        // After a deployment the file has another name, which the page knows once it is read again.
        <Failure problem={problem} onRetry={() => location.reload()} />
      ) : (
        <Skeleton rows={4} label="Loading your account" />
      )}
    </ViewFrame>
  )
}
