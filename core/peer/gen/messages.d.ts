import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace zoarium. */
export namespace zoarium {

    /**
     * Properties of a HardState.
     * @deprecated Use zoarium.HardState.$Properties instead.
     */
    interface IHardState extends zoarium.HardState.$Properties {
    }

    /** Represents a HardState. */
    class HardState {

        /**
         * Constructs a new HardState.
         * @param [properties] Properties to set
         */
        constructor(properties?: zoarium.HardState.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HardState term. */
        term: number;

        /** HardState votedFor. */
        votedFor: number;

        /** HardState commit. */
        commit: number;

        /**
         * Creates a new HardState instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HardState instance
         */
        static create(properties: zoarium.HardState.$Shape): zoarium.HardState & zoarium.HardState.$Shape;
        static create(properties?: zoarium.HardState.$Properties): zoarium.HardState;

        /**
         * Encodes the specified HardState message. Does not implicitly {@link zoarium.HardState.verify|verify} messages.
         * @param message HardState message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: zoarium.HardState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HardState message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {zoarium.HardState & zoarium.HardState.$Shape} HardState
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.HardState & zoarium.HardState.$Shape;
    }

    namespace HardState {

        /** Properties of a HardState. */
        interface $Properties {

            /** HardState term */
            term?: (number|null);

            /** HardState votedFor */
            votedFor?: (number|null);

            /** HardState commit */
            commit?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HardState. */
        type $Shape = zoarium.HardState.$Properties;
    }

    /**
     * Properties of a SnapshotMetadata.
     * @deprecated Use zoarium.SnapshotMetadata.$Properties instead.
     */
    interface ISnapshotMetadata extends zoarium.SnapshotMetadata.$Properties {
    }

    /** Represents a SnapshotMetadata. */
    class SnapshotMetadata {

        /**
         * Constructs a new SnapshotMetadata.
         * @param [properties] Properties to set
         */
        constructor(properties?: zoarium.SnapshotMetadata.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SnapshotMetadata formatVersion. */
        formatVersion: number;

        /** SnapshotMetadata index. */
        index: number;

        /** SnapshotMetadata term. */
        term: number;

        /** SnapshotMetadata termStart. */
        termStart: number;

        /** SnapshotMetadata totalBytes. */
        totalBytes: number;

        /** SnapshotMetadata chunkCount. */
        chunkCount: number;

        /** SnapshotMetadata sha256. */
        sha256: Uint8Array;

        /** SnapshotMetadata configuration. */
        configuration?: (zoarium.MemberConfiguration.$Properties|null);

        /**
         * Creates a new SnapshotMetadata instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SnapshotMetadata instance
         */
        static create(properties: zoarium.SnapshotMetadata.$Shape): zoarium.SnapshotMetadata & zoarium.SnapshotMetadata.$Shape;
        static create(properties?: zoarium.SnapshotMetadata.$Properties): zoarium.SnapshotMetadata;

        /**
         * Encodes the specified SnapshotMetadata message. Does not implicitly {@link zoarium.SnapshotMetadata.verify|verify} messages.
         * @param message SnapshotMetadata message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: zoarium.SnapshotMetadata.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SnapshotMetadata message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {zoarium.SnapshotMetadata & zoarium.SnapshotMetadata.$Shape} SnapshotMetadata
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.SnapshotMetadata & zoarium.SnapshotMetadata.$Shape;
    }

    namespace SnapshotMetadata {

        /** Properties of a SnapshotMetadata. */
        interface $Properties {

            /** SnapshotMetadata formatVersion */
            formatVersion?: (number|null);

            /** SnapshotMetadata index */
            index?: (number|null);

            /** SnapshotMetadata term */
            term?: (number|null);

            /** SnapshotMetadata termStart */
            termStart?: (number|null);

            /** SnapshotMetadata totalBytes */
            totalBytes?: (number|null);

            /** SnapshotMetadata chunkCount */
            chunkCount?: (number|null);

            /** SnapshotMetadata sha256 */
            sha256?: (Uint8Array|null);

            /** SnapshotMetadata configuration */
            configuration?: (zoarium.MemberConfiguration.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SnapshotMetadata. */
        type $Shape = zoarium.SnapshotMetadata.$Properties;
    }

    /**
     * Properties of a MemberConfiguration.
     * @deprecated Use zoarium.MemberConfiguration.$Properties instead.
     */
    interface IMemberConfiguration extends zoarium.MemberConfiguration.$Properties {
    }

    /** Represents a MemberConfiguration. */
    class MemberConfiguration {

        /**
         * Constructs a new MemberConfiguration.
         * @param [properties] Properties to set
         */
        constructor(properties?: zoarium.MemberConfiguration.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberConfiguration voters. */
        voters: number[];

        /** MemberConfiguration outgoing. */
        outgoing: number[];

        /** MemberConfiguration learners. */
        learners: number[];

        /** MemberConfiguration learnersNext. */
        learnersNext: number[];

        /** MemberConfiguration context. */
        context: Uint8Array;

        /**
         * Creates a new MemberConfiguration instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberConfiguration instance
         */
        static create(properties: zoarium.MemberConfiguration.$Shape): zoarium.MemberConfiguration & zoarium.MemberConfiguration.$Shape;
        static create(properties?: zoarium.MemberConfiguration.$Properties): zoarium.MemberConfiguration;

        /**
         * Encodes the specified MemberConfiguration message. Does not implicitly {@link zoarium.MemberConfiguration.verify|verify} messages.
         * @param message MemberConfiguration message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: zoarium.MemberConfiguration.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberConfiguration message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {zoarium.MemberConfiguration & zoarium.MemberConfiguration.$Shape} MemberConfiguration
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.MemberConfiguration & zoarium.MemberConfiguration.$Shape;
    }

    namespace MemberConfiguration {

        /** Properties of a MemberConfiguration. */
        interface $Properties {

            /** MemberConfiguration voters */
            voters?: (number[]|null);

            /** MemberConfiguration outgoing */
            outgoing?: (number[]|null);

            /** MemberConfiguration learners */
            learners?: (number[]|null);

            /** MemberConfiguration learnersNext */
            learnersNext?: (number[]|null);

            /** MemberConfiguration context */
            context?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberConfiguration. */
        type $Shape = zoarium.MemberConfiguration.$Properties;
    }

    /**
     * Properties of a TornTail.
     * @deprecated Use zoarium.TornTail.$Properties instead.
     */
    interface ITornTail extends zoarium.TornTail.$Properties {
    }

    /** Represents a TornTail. */
    class TornTail {

        /**
         * Constructs a new TornTail.
         * @param [properties] Properties to set
         */
        constructor(properties?: zoarium.TornTail.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TornTail offset. */
        offset: number;

        /** TornTail bytes. */
        bytes: number;

        /**
         * Creates a new TornTail instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TornTail instance
         */
        static create(properties: zoarium.TornTail.$Shape): zoarium.TornTail & zoarium.TornTail.$Shape;
        static create(properties?: zoarium.TornTail.$Properties): zoarium.TornTail;

        /**
         * Encodes the specified TornTail message. Does not implicitly {@link zoarium.TornTail.verify|verify} messages.
         * @param message TornTail message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: zoarium.TornTail.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TornTail message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {zoarium.TornTail & zoarium.TornTail.$Shape} TornTail
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.TornTail & zoarium.TornTail.$Shape;
    }

    namespace TornTail {

        /** Properties of a TornTail. */
        interface $Properties {

            /** TornTail offset */
            offset?: (number|null);

            /** TornTail bytes */
            bytes?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TornTail. */
        type $Shape = zoarium.TornTail.$Properties;
    }

    /**
     * Properties of a RecoveryMark.
     * @deprecated Use zoarium.RecoveryMark.$Properties instead.
     */
    interface IRecoveryMark extends zoarium.RecoveryMark.$Properties {
    }

    /** Represents a RecoveryMark. */
    class RecoveryMark {

        /**
         * Constructs a new RecoveryMark.
         * @param [properties] Properties to set
         */
        constructor(properties?: zoarium.RecoveryMark.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RecoveryMark missingFrom. */
        missingFrom: number;

        /** RecoveryMark refetchUntil. */
        refetchUntil: number;

        /** RecoveryMark endKnown. */
        endKnown: boolean;

        /** RecoveryMark hardStateSuspect. */
        hardStateSuspect: boolean;

        /** RecoveryMark identityLost. */
        identityLost: boolean;

        /** RecoveryMark problem. */
        problem: string;

        /**
         * Creates a new RecoveryMark instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RecoveryMark instance
         */
        static create(properties: zoarium.RecoveryMark.$Shape): zoarium.RecoveryMark & zoarium.RecoveryMark.$Shape;
        static create(properties?: zoarium.RecoveryMark.$Properties): zoarium.RecoveryMark;

        /**
         * Encodes the specified RecoveryMark message. Does not implicitly {@link zoarium.RecoveryMark.verify|verify} messages.
         * @param message RecoveryMark message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: zoarium.RecoveryMark.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RecoveryMark message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {zoarium.RecoveryMark & zoarium.RecoveryMark.$Shape} RecoveryMark
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.RecoveryMark & zoarium.RecoveryMark.$Shape;
    }

    namespace RecoveryMark {

        /** Properties of a RecoveryMark. */
        interface $Properties {

            /** RecoveryMark missingFrom */
            missingFrom?: (number|null);

            /** RecoveryMark refetchUntil */
            refetchUntil?: (number|null);

            /** RecoveryMark endKnown */
            endKnown?: (boolean|null);

            /** RecoveryMark hardStateSuspect */
            hardStateSuspect?: (boolean|null);

            /** RecoveryMark identityLost */
            identityLost?: (boolean|null);

            /** RecoveryMark problem */
            problem?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RecoveryMark. */
        type $Shape = zoarium.RecoveryMark.$Properties;
    }

    /**
     * Properties of a LogRewrite.
     * @deprecated Use zoarium.LogRewrite.$Properties instead.
     */
    interface ILogRewrite extends zoarium.LogRewrite.$Properties {
    }

    /** Represents a LogRewrite. */
    class LogRewrite {

        /**
         * Constructs a new LogRewrite.
         * @param [properties] Properties to set
         */
        constructor(properties?: zoarium.LogRewrite.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LogRewrite firstSegment. */
        firstSegment: number;

        /** LogRewrite complete. */
        complete: boolean;

        /** LogRewrite suffix. */
        suffix: string;

        /** LogRewrite damagedSnapshots. */
        damagedSnapshots: number[];

        /**
         * Creates a new LogRewrite instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LogRewrite instance
         */
        static create(properties: zoarium.LogRewrite.$Shape): zoarium.LogRewrite & zoarium.LogRewrite.$Shape;
        static create(properties?: zoarium.LogRewrite.$Properties): zoarium.LogRewrite;

        /**
         * Encodes the specified LogRewrite message. Does not implicitly {@link zoarium.LogRewrite.verify|verify} messages.
         * @param message LogRewrite message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: zoarium.LogRewrite.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LogRewrite message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {zoarium.LogRewrite & zoarium.LogRewrite.$Shape} LogRewrite
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.LogRewrite & zoarium.LogRewrite.$Shape;
    }

    namespace LogRewrite {

        /** Properties of a LogRewrite. */
        interface $Properties {

            /** LogRewrite firstSegment */
            firstSegment?: (number|null);

            /** LogRewrite complete */
            complete?: (boolean|null);

            /** LogRewrite suffix */
            suffix?: (string|null);

            /** LogRewrite damagedSnapshots */
            damagedSnapshots?: (number[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LogRewrite. */
        type $Shape = zoarium.LogRewrite.$Properties;
    }
}
