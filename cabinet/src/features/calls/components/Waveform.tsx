import { type KeyboardEvent, type PointerEvent, useId, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { barsOf, clock, seekBy } from '../wave';
import classes from './Waveform.module.css';

const bars = 140;
const height = 44;
const quietest = 2;

interface WaveformProps {
  peaks: readonly number[];
  /** Where the player stands and how long the recording is, in seconds. */
  at: number;
  duration: number;
  onSeek: (second: number) => void;
}

/** The loudness of a recording over time; a slider for mouse, finger and keyboard. */
export function Waveform({ peaks, at, duration, onSeek }: WaveformProps) {
  const { t } = useTranslation();
  const clip = useId();
  const surface = useRef<SVGSVGElement>(null);
  const path = useMemo(() => drawn(barsOf(peaks, bars)), [peaks]);
  const seek = (event: PointerEvent) => {
    const box = surface.current?.getBoundingClientRect();
    if (box && box.width > 0) {
      onSeek(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * duration);
    }
  };
  const press = (event: KeyboardEvent) => {
    const to = seekBy(event.key, at, duration);
    if (to !== null) {
      event.preventDefault();
      onSeek(to);
    }
  };
  const played = duration > 0 ? Math.min(1, at / duration) * bars : 0;
  return (
    <svg
      ref={surface}
      className={classes.wave}
      viewBox={`0 0 ${bars} ${height}`}
      preserveAspectRatio="none"
      role="slider"
      tabIndex={0}
      aria-label={t('calls.player.position')}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={t('calls.player.of', { at: clock(at), duration: clock(duration) })}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seek(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) {
          seek(event);
        }
      }}
    >
      <clipPath id={clip}>
        <rect x={0} y={0} width={played} height={height} />
      </clipPath>
      <path d={path} />
      <path d={path} className={classes.played} clipPath={`url(#${clip})`} />
    </svg>
  );
}

function drawn(loudness: number[]): string {
  return loudness
    .map((value, index) => {
      const tall = Math.max(quietest, value * height);
      return `M${index + 0.15} ${((height - tall) / 2).toFixed(1)}h.7v${tall.toFixed(1)}h-.7z`;
    })
    .join('');
}
