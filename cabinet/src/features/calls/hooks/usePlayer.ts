import { useCallback, useEffect, useRef, useState } from 'react';

/** The sound that plays now: another one stops it. */
let playing: HTMLAudioElement | undefined;

/** Plays one recording. It is fetched when it is first played, by ranges. */
export function usePlayer(seconds: number) {
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [duration, setDuration] = useState(seconds);
  const [isBroken, setBroken] = useState(false);
  const [speed, setSpeed] = useState(1);

  useEffect(() => {
    const sound = audio.current;
    if (!sound) {
      return;
    }
    const listeners: Record<string, () => void> = {
      play: () => {
        if (playing !== sound) {
          playing?.pause();
        }
        playing = sound;
        setPlaying(true);
      },
      pause: () => setPlaying(false),
      ended: () => setPlaying(false),
      timeupdate: () => setAt(sound.currentTime),
      durationchange: () => {
        if (Number.isFinite(sound.duration)) {
          setDuration(sound.duration);
        }
      },
      error: () => setBroken(true),
    };
    const all = Object.entries(listeners);
    all.forEach(([name, listener]) => sound.addEventListener(name, listener));
    return () => {
      all.forEach(([name, listener]) => sound.removeEventListener(name, listener));
      sound.pause();
    };
  }, []);

  const play = useCallback(() => {
    setBroken(false);
    // A refusal (no sound device, a file gone) is told by the error event.
    void audio.current?.play().catch(() => undefined);
  }, []);
  const toggle = () => {
    if (audio.current?.paused) {
      play();
    } else {
      audio.current?.pause();
    }
  };
  const seek = (second: number) => {
    if (audio.current) {
      audio.current.currentTime = second;
      setAt(second);
    }
  };
  const changeSpeed = (next: number) => {
    setSpeed(next);
    if (audio.current) {
      audio.current.playbackRate = next;
      // A file that is loaded anew begins with this one.
      audio.current.defaultPlaybackRate = next;
    }
  };
  return { audio, isPlaying, at, duration, isBroken, speed, play, toggle, seek, changeSpeed };
}
