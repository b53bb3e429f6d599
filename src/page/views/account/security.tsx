import type { ComponentType } from 'preact'
import type { Factors, Me } from '../../../client/protocol'
import { useReading } from '../../app/requests'
import { Failure, Skeleton } from '../../components/states'
import { Email } from './email'
import { KeepAccount } from './keep-account'
import { Password } from './password'
import { Username } from './username'

/** What a part of this list is given. `onChange` reads the factors again. */
export interface SecurityProps {
  me: Me
  factors: Factors
  onChange: () => void
}

/** How an account is entered, one file each. */
const BLOCKS: readonly ComponentType<SecurityProps>[] = [Password, Email, Username]

export function Security({ me }: { me: Me }) {
  return me.guest ? <KeepAccount /> : <Blocks me={me} />
}

function Blocks({ me }: { me: Me }) {
  const { value: factors, problem, reload } = useReading<Factors>('/v1/me/factors')
  if (problem && !factors) return <Failure problem={problem} onRetry={reload} />
  if (!factors) return <Skeleton rows={4} label="Loading" />
  return (
    <>
      {BLOCKS.map((View) => (
        <View key={View.name} me={me} factors={factors} onChange={reload} />
      ))}
    </>
  )
}
