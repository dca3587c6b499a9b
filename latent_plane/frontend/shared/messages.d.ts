// What Python and the browser say to each other, one type per message. The browser gets each
// `...State` as JSON in `data.state` and answers with the `...Gesture` of the same component;
// `latent_plane/<component>.py` writes the one and reads the other.

/** Base64 of little-endian float32. */
export type Floats = string;
/** Base64 of bytes. */
export type Bytes = string;
/** Base64 of a bitset, first row in the highest bit of the first byte; "" for no rows. */
export type RowSet = string;

/** How Streamlit calls a component, at first and whenever its data or the theme have changed. */
export interface StreamlitComponent {
  data: { modules: string; state: string };
  parentElement: HTMLElement;
  setStateValue: Send;
  setTriggerValue: Send;
}

/** Hands `value` to Python, which runs again. */
export type Send = (name: string, value: unknown) => void;

/** URLs of what components run on (`registration.program`). */
export interface Program {
  modules: string;
  runtime: string;
  plotly: string;
}

/** A picture of the decoder: values in [0, 1], 1 or 3 channels. */
export interface PictureShape {
  height: number;
  width: number;
  channels: number;
}

export interface ImageOutput extends PictureShape {
  kind: "image";
}

/**
 * A column of a table. Its parameters are the decoder's numbers from `start` on, `width` of them.
 * `low` and `high` are the ends of its bar in its own unit, `counts` the data's histogram between.
 */
export interface Bar {
  name: string;
  unit: string;
  low: number;
  high: number;
  column: number;
  start: number;
  width: number;
  kind: "real" | "positive" | "count" | "ordinal" | "categorical" | "binary";
  categories: string[];
  offset: number;
  since: string;
  whole: boolean;
  counts: number[];
}

export interface TableOutput {
  kind: "table";
  bars: Bar[];
}

export type Output = ImageOutput | TableOutput;

/** A plane through the latent space: origin (d), basis (2, d) with orthonormal rows. */
export interface PlaneData {
  origin: number[];
  basis: number[][];
  names: [string, string];
}

/** Where the examples are by now: `values` (n, width), by row. */
export interface PackedPoints {
  width: number;
  values: Floats;
}

/** A line over the map; `points` (n, 2) on the plane, `colour` in CSS's words. */
export interface PathData {
  name: string;
  colour: string;
  points: Floats;
}

// The channel on which the server says how far something is

/** What a component shows is as of `moment`; newer versions of the channel `follows` replace it. */
export interface Following {
  follows: string | null;
  moment: number;
}

/** How far something is: `share` of the work from 0 to 1, and `words` on it. */
export interface Status {
  moment: number;
  phase: string;
  share: number;
  words: string;
}

/** One version of a status, with the parts for the components that follow. */
export interface ChannelVersion extends Status {
  version: number;
  parts: ChannelParts;
}

export interface ChannelParts {
  plane?: PlaneScene;
  figures?: FiguresPart;
}

/** `latent_plane.broadcast`: the status of which the page was drawn. */
export interface ChannelState {
  url: string;
  status: Status;
}

// The latent plane

/** What of a plane may change while a model trains; the part "plane" of a version. */
export interface PlaneScene {
  figure: string;
  decoder: string;
  points: PackedPoints | null;
}

/** `latent_plane.latent_plane`, which says what the fields mean. */
export interface PlaneState extends Program, PlaneScene, Following {
  key: string;
  matrix: string | null;
  plane: PlaneData;
  output: Output;
  classes: string[];
  limits: [number, number][];
  z: number[];
  label: number | null;
  clicked: number | null;
  selected: RowSet;
  decoded: Floats | null;
  ellipse: Floats | null;
  anchors: number[][];
  arrangement: number;
  paths: PathData[];
  paths_follow: string | null;
  lasso: boolean;
  serial: number;
  revision: number;
  height: number;
}

/** The one message of a gesture; read by `read_gesture` of the plane. */
export interface PlaneGesture {
  serial: number;
  z: number[];
  label: number | null;
  clicked: number | null;
  selected: RowSet;
  decodes: boolean;
  anchors: number[][] | null;
  arrangement: number | null;
}

// Planes side by side

/** Planes of the same examples, which are numbered by their place in `examples`. */
export interface ComparedExamples {
  examples: string;
  originals: string | null;
  original: Floats | null;
  output: Output;
  at: number;
  selected: RowSet;
}

/** What lies at the URL `examples`: the rows in the dataset, and labels with their names. */
export interface ExamplesContent {
  rows: number[];
  labels: number[];
  names: string[];
}

/** What lies at the URLs `originals` and `codes`: `size` numbers an example, over `maximum`. */
export interface NumbersContent {
  size: number;
  maximum: number;
  bytes?: Bytes;
  floats?: Floats;
}

export interface ComparedPlane {
  title: string;
  note: string;
  caption: string;
  group: number;
  figure: string;
  decoder: string;
  codes: string;
  plane: PlaneData;
  output: Output;
  classes: number;
  decoded: Floats | null;
}

/** `latent_plane.comparison.compared_planes`. */
export interface ComparisonState extends Program {
  key: string;
  serial: number;
  planes: ComparedPlane[];
  groups: ComparedExamples[];
}

/** Where the pointer was let go; read by `read_gesture` of the comparison. */
export interface ComparisonGesture {
  serial: number;
  group: number;
  at: number;
  selected: RowSet;
}

// The drawing pad

export type Recipe = "mnist" | "box";

/** `latent_plane.pad.drawing_pad`. */
export interface PadState extends Program {
  key: string;
  encoder: string;
  decoder: string;
  output: PictureShape;
  recipe: Recipe;
  classes: string[];
  plane: string | null;
  picture: Bytes;
  label: number | null;
  serial: number;
  revision: number;
  height: number;
}

/** The one message of a stroke; read by `read_gesture` of the pad. */
export interface PadGesture {
  serial: number;
  encoder: string;
  picture: Bytes;
  mean: number[] | null;
  logVar: number[] | null;
  label: number | null;
}

// Strips of pictures

/** One strip: `z` (frames, size); `label` is one for all frames or one for each. */
export interface StripRow {
  name: string;
  note: string;
  label: number | number[] | null;
  muted: boolean;
  colour: string | null;
  z: Floats;
  frames: number;
  size: number;
}

/** `latent_plane.strips.picture_strips`. */
export interface StripsState extends Program {
  key: string;
  decoder: string;
  output: PictureShape;
  classes: number;
  rows: StripRow[];
  digest: string;
  player: boolean;
  columns: number;
  follow: string | null;
  height: number | null;
}

/** A picture was clicked; read by `read_click`. */
export interface StripGesture {
  row: number;
  frame: number;
  serial: number;
  digest: string;
}

// The contact sheet

export interface Contact {
  number: number;
  caption: string;
  name: string;
  colour: string;
}

/** `latent_plane.contact_sheet`. */
export interface ContactSheetState {
  sheet: string;
  columns: number;
  ratio: number;
  width: number;
  chosen: number | null;
  reveal: string | null;
  contacts: Contact[];
}

/** A cell was opened, `at` a time of `Date.now()`, so that the same one may be opened again. */
export interface ContactGesture {
  number: number;
  at: number;
}

// The threshold over scores

/** `latent_plane.threshold.threshold_plot`. */
export interface ThresholdState {
  plotly: string;
  content: string;
  mark: { score: number; text: string } | null;
  address: string;
  quantile: number | null;
}

/** What `serve_scores` serves: histogram, ROC and precision-recall curve, and sorted scores. */
export interface ThresholdContent {
  figures: import("./plotly_types.d.ts").Figure[];
  normal: Floats;
  strange: Floats;
  names: [string, string];
  unit: string;
  digits: number;
}

// Figures that change in place

/** The part "figures" of a version; each second piece of `note` is bold. */
export interface FiguresPart {
  figures: import("./plotly_types.d.ts").Figure[];
  note: string[];
}

/** `latent_plane.live_figures.live_figures`. */
export interface LiveFiguresState extends FiguresPart, Following {
  shares: number[];
  height: number | null;
  plotly: string;
  picks: boolean;
}

/** A point was picked: what its `customdata` begins with, `at` a time of `Date.now()`. */
export interface PickGesture {
  name: string;
  at: number;
}

// One slider over what many models make of the same

/** A row of pictures; the sheet has a line for each step, or one for all. */
export interface StepPictures {
  name: string;
  sheet_url: string;
  count: number;
  width: number;
  height: number;
}

/** `cells` by step, line and head; `fixed` by line and head, or empty. */
export interface StepTable {
  name: string;
  heads: string[];
  lines: string[];
  cells: string[][][];
  fixed: string[][];
}

/** `latent_plane.steps.step_slider`. */
export interface StepsState {
  label: string;
  steps: string[];
  notes: string[];
  at: number;
  pictures: StepPictures[];
  tables: StepTable[];
}
