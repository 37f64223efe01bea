import type { SourceDefinition } from '../features/source-definition.ts';
import type { ViewDefinition } from '../features/view-definition.ts';
import type { FeatureContract } from './generated/model-manifest.generated.ts';

/*
 * What the bundled runners are asked to do, as JSON. Paths are absolute, or relative to the base
 * folder of a run (PLUMBLINE_BASE_DIR).
 */

/** `synthesize`: writes the files of a made-up scenario, the same for the same job. */
export type SynthesizeJob = {
  readonly v: 1;
  readonly scenario: 'card-fraud';
  readonly seed: number;
  /** RFC 3339; nothing happens after it. */
  readonly asOf: string;
  readonly days: number;
  readonly customers: number;
  readonly outputFolder: string;
};

/** `materialize ingest`: one file becomes an accepted snapshot and a quarantine. */
export type IngestJob = {
  readonly v: 1;
  readonly source: SourceDefinition;
  readonly inputFile: string;
  /** Gets `rows.parquet`, `quarantine.parquet` and `snapshot.json`. */
  readonly outputFolder: string;
};

/** `materialize training-set`: the point-in-time correct rows of one run, by split. */
export type TrainingSetJob = {
  readonly v: 1;
  readonly label: {
    readonly source: SourceDefinition;
    readonly rowsFile: string;
    readonly column: string;
    readonly maturitySeconds: number;
  };
  /** Rows with `asOf - length <= event time <= asOf - maturity`. */
  readonly window: { readonly asOf: string; readonly lengthSeconds: number };
  /** The newest rows are for the test, those before them for validation. */
  readonly split: { readonly validationSeconds: number; readonly testSeconds: number };
  readonly views: readonly { readonly definition: ViewDefinition; readonly rowsFile: string }[];
  readonly contract: FeatureContract;
  /** Where a request feature is found in the label source, when not under its own name. */
  readonly requestColumns?: Readonly<Record<string, string>>;
  /** Columns of the label source that the test rows keep, to measure by. */
  readonly slices: readonly string[];
  /** Gets `<split>/data.parquet` for train, validation and test, and `training-set.json`. */
  readonly outputFolder: string;
};

/** `training-set.json` */
export type TrainingSetSummary = {
  readonly v: 1;
  readonly splits: readonly {
    readonly name: 'train' | 'validation' | 'test';
    readonly rows: number;
    readonly positives: number;
    readonly digest: string;
  }[];
};

/** What a preparation left, by its path below `input/data`: `train/data.parquet`. */
export type PreparedRows = {
  readonly v: 1;
  readonly files: Readonly<Record<string, string>>;
};

/** `materialize online`: the newest values of a view's keys go to the zone's database. */
export type OnlineJob = {
  readonly v: 1;
  readonly definition: ViewDefinition;
  readonly definitionDigest: string;
  readonly rowsFile: string;
  readonly snapshotDigest: string;
  /** RFC 3339 with microseconds: values are as of then. */
  readonly asOf: string;
  /** Of who asks: rows of a higher one stay. */
  readonly sequence: number;
  /** A file, for its owner alone, that holds the database's address. */
  readonly databaseUrlFile: string;
};

/** `evaluate`: checks the file that a trainer wrote, measures it and completes its manifest. */
export type EvaluateJob = {
  readonly v: 1;
  readonly runKey: string;
  readonly task: 'binary-classification';
  readonly contract: FeatureContract;
  readonly slices: readonly string[];
  readonly training: {
    readonly modelDigest: string;
    readonly snapshotDigest: string;
    readonly trainerDigest: string;
    readonly asOf: string;
    readonly seed: number;
  };
  readonly limits: { readonly maxModelBytes: number };
  /** `model/` as the trainer left it. */
  readonly modelFolder: string;
  /** `input/data/`: with `train`, `validation` and `test`. */
  readonly dataFolder: string;
  /** PreparedRows, written once the training is over: no other rows are measured on. */
  readonly digestsFile: string;
  /** The trainer's own scores of the validation rows, in their order: `scores.json`. */
  readonly predictionsFile: string;
  /** Gets `model.onnx`, `manifest.json` (a ModelManifest) and `evaluation.json`. */
  readonly outputFolder: string;
};
