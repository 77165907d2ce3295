// The documents of the backend measurement: every competitor stores the same ones under the same numbers.

export interface Note {
  title: string;
  text: string;
  number: number;
  done: boolean;
  tags: string[];
  place: { city: string; latitude: number; longitude: number };
}

const WORDS =
  'amber basket cedar dune ember fennel glade harbour inlet juniper kettle lantern meadow nettle orchard pebble quarry ridge saddle thicket'.split(
    ' ',
  );
const CITIES = ['Ghent', 'Porto', 'Turku', 'Graz', 'Lucca', 'Aarhus', 'Brno'];

/** Document number `number`: about 400 bytes of JSON, always the same. */
export function note(number: number): Note {
  const word = (at: number) => WORDS[(number * 7 + at * 13 + ((number >> 5) % 11) * at) % 20];
  return {
    title: `Note ${number} about ${word(1)}`,
    text: Array.from({ length: 30 }, (_, at) => word(at)).join(' '),
    number,
    done: number % 3 === 0,
    tags: [`${word(2)}`, `${word(3)}`],
    place: {
      city: CITIES[number % CITIES.length] as string,
      latitude: 40 + (number % 1000) / 100,
      longitude: (number % 2500) / 100,
    },
  };
}

/** The id of document `number`, a version-4 UUID by shape. */
export function noteId(number: number): string {
  const hex = Math.imul(number + 1, 2_654_435_761) >>> 0;
  const mixed = hex.toString(16).padStart(8, '0');
  return `${mixed}-${mixed.slice(0, 4)}-4${mixed.slice(1, 4)}-8${mixed.slice(4, 7)}-${number.toString(16).padStart(12, '0')}`;
}
