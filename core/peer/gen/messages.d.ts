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

    /**
     * Properties of a ServerIdentity.
     * @deprecated Use zoarium.ServerIdentity.$Properties instead.
     */
    interface IServerIdentity extends zoarium.ServerIdentity.$Properties {
    }

    /** Represents a ServerIdentity. */
    class ServerIdentity {

        /**
         * Constructs a new ServerIdentity.
         * @param [properties] Properties to set
         */
        constructor(properties?: zoarium.ServerIdentity.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ServerIdentity serverId. */
        serverId: number;

        /** ServerIdentity incarnation. */
        incarnation: Uint8Array;

        /** ServerIdentity founders. */
        founders: zoarium.Founder.$Properties[];

        /**
         * Creates a new ServerIdentity instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ServerIdentity instance
         */
        static create(properties: zoarium.ServerIdentity.$Shape): zoarium.ServerIdentity & zoarium.ServerIdentity.$Shape;
        static create(properties?: zoarium.ServerIdentity.$Properties): zoarium.ServerIdentity;

        /**
         * Encodes the specified ServerIdentity message. Does not implicitly {@link zoarium.ServerIdentity.verify|verify} messages.
         * @param message ServerIdentity message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: zoarium.ServerIdentity.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ServerIdentity message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {zoarium.ServerIdentity & zoarium.ServerIdentity.$Shape} ServerIdentity
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.ServerIdentity & zoarium.ServerIdentity.$Shape;
    }

    namespace ServerIdentity {

        /** Properties of a ServerIdentity. */
        interface $Properties {

            /** ServerIdentity serverId */
            serverId?: (number|null);

            /** ServerIdentity incarnation */
            incarnation?: (Uint8Array|null);

            /** ServerIdentity founders */
            founders?: (zoarium.Founder.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ServerIdentity. */
        type $Shape = zoarium.ServerIdentity.$Properties;
    }

    /**
     * Properties of a Founder.
     * @deprecated Use zoarium.Founder.$Properties instead.
     */
    interface IFounder extends zoarium.Founder.$Properties {
    }

    /** Represents a Founder. */
    class Founder {

        /**
         * Constructs a new Founder.
         * @param [properties] Properties to set
         */
        constructor(properties?: zoarium.Founder.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Founder serverId. */
        serverId: number;

        /** Founder incarnation. */
        incarnation: Uint8Array;

        /**
         * Creates a new Founder instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Founder instance
         */
        static create(properties: zoarium.Founder.$Shape): zoarium.Founder & zoarium.Founder.$Shape;
        static create(properties?: zoarium.Founder.$Properties): zoarium.Founder;

        /**
         * Encodes the specified Founder message. Does not implicitly {@link zoarium.Founder.verify|verify} messages.
         * @param message Founder message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: zoarium.Founder.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Founder message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {zoarium.Founder & zoarium.Founder.$Shape} Founder
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.Founder & zoarium.Founder.$Shape;
    }

    namespace Founder {

        /** Properties of a Founder. */
        interface $Properties {

            /** Founder serverId */
            serverId?: (number|null);

            /** Founder incarnation */
            incarnation?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Founder. */
        type $Shape = zoarium.Founder.$Properties;
    }

    /** Namespace peer. */
    namespace peer {

        /**
         * Properties of a Ballot.
         * @deprecated Use zoarium.peer.Ballot.$Properties instead.
         */
        interface IBallot extends zoarium.peer.Ballot.$Properties {
        }

        /** Represents a Ballot. */
        class Ballot {

            /**
             * Constructs a new Ballot.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.Ballot.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Ballot term. */
            term: number;

            /** Ballot lastIndex. */
            lastIndex: number;

            /** Ballot lastTerm. */
            lastTerm: number;

            /** Ballot transfer. */
            transfer: boolean;

            /**
             * Creates a new Ballot instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Ballot instance
             */
            static create(properties: zoarium.peer.Ballot.$Shape): zoarium.peer.Ballot & zoarium.peer.Ballot.$Shape;
            static create(properties?: zoarium.peer.Ballot.$Properties): zoarium.peer.Ballot;

            /**
             * Encodes the specified Ballot message. Does not implicitly {@link zoarium.peer.Ballot.verify|verify} messages.
             * @param message Ballot message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.Ballot.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Ballot message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.Ballot & zoarium.peer.Ballot.$Shape} Ballot
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.Ballot & zoarium.peer.Ballot.$Shape;
        }

        namespace Ballot {

            /** Properties of a Ballot. */
            interface $Properties {

                /** Ballot term */
                term?: (number|null);

                /** Ballot lastIndex */
                lastIndex?: (number|null);

                /** Ballot lastTerm */
                lastTerm?: (number|null);

                /** Ballot transfer */
                transfer?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Ballot. */
            type $Shape = zoarium.peer.Ballot.$Properties;
        }

        /**
         * Properties of a BallotResponse.
         * @deprecated Use zoarium.peer.BallotResponse.$Properties instead.
         */
        interface IBallotResponse extends zoarium.peer.BallotResponse.$Properties {
        }

        /** Represents a BallotResponse. */
        class BallotResponse {

            /**
             * Constructs a new BallotResponse.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.BallotResponse.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** BallotResponse term. */
            term: number;

            /** BallotResponse granted. */
            granted: boolean;

            /**
             * Creates a new BallotResponse instance using the specified properties.
             * @param [properties] Properties to set
             * @returns BallotResponse instance
             */
            static create(properties: zoarium.peer.BallotResponse.$Shape): zoarium.peer.BallotResponse & zoarium.peer.BallotResponse.$Shape;
            static create(properties?: zoarium.peer.BallotResponse.$Properties): zoarium.peer.BallotResponse;

            /**
             * Encodes the specified BallotResponse message. Does not implicitly {@link zoarium.peer.BallotResponse.verify|verify} messages.
             * @param message BallotResponse message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.BallotResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a BallotResponse message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.BallotResponse & zoarium.peer.BallotResponse.$Shape} BallotResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.BallotResponse & zoarium.peer.BallotResponse.$Shape;
        }

        namespace BallotResponse {

            /** Properties of a BallotResponse. */
            interface $Properties {

                /** BallotResponse term */
                term?: (number|null);

                /** BallotResponse granted */
                granted?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a BallotResponse. */
            type $Shape = zoarium.peer.BallotResponse.$Properties;
        }

        /**
         * Properties of an Append.
         * @deprecated Use zoarium.peer.Append.$Properties instead.
         */
        interface IAppend extends zoarium.peer.Append.$Properties {
        }

        /** Represents an Append. */
        class Append {

            /**
             * Constructs a new Append.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.Append.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Append term. */
            term: number;

            /** Append prevIndex. */
            prevIndex: number;

            /** Append prevTerm. */
            prevTerm: number;

            /** Append commit. */
            commit: number;

            /** Append sizes. */
            sizes: number[];

            /** Append runTerms. */
            runTerms: number[];

            /** Append runCounts. */
            runCounts: number[];

            /** Append silent. */
            silent: boolean;

            /**
             * Creates a new Append instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Append instance
             */
            static create(properties: zoarium.peer.Append.$Shape): zoarium.peer.Append & zoarium.peer.Append.$Shape;
            static create(properties?: zoarium.peer.Append.$Properties): zoarium.peer.Append;

            /**
             * Encodes the specified Append message. Does not implicitly {@link zoarium.peer.Append.verify|verify} messages.
             * @param message Append message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.Append.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Append message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.Append & zoarium.peer.Append.$Shape} Append
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.Append & zoarium.peer.Append.$Shape;
        }

        namespace Append {

            /** Properties of an Append. */
            interface $Properties {

                /** Append term */
                term?: (number|null);

                /** Append prevIndex */
                prevIndex?: (number|null);

                /** Append prevTerm */
                prevTerm?: (number|null);

                /** Append commit */
                commit?: (number|null);

                /** Append sizes */
                sizes?: (number[]|null);

                /** Append runTerms */
                runTerms?: (number[]|null);

                /** Append runCounts */
                runCounts?: (number[]|null);

                /** Append silent */
                silent?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Append. */
            type $Shape = zoarium.peer.Append.$Properties;
        }

        /**
         * Properties of an AppendResponse.
         * @deprecated Use zoarium.peer.AppendResponse.$Properties instead.
         */
        interface IAppendResponse extends zoarium.peer.AppendResponse.$Properties {
        }

        /** Represents an AppendResponse. */
        class AppendResponse {

            /**
             * Constructs a new AppendResponse.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.AppendResponse.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AppendResponse term. */
            term: number;

            /** AppendResponse accepted. */
            accepted: boolean;

            /** AppendResponse index. */
            index: number;

            /** AppendResponse hintIndex. */
            hintIndex: number;

            /** AppendResponse hintTerm. */
            hintTerm: number;

            /** AppendResponse recovering. */
            recovering: boolean;

            /**
             * Creates a new AppendResponse instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AppendResponse instance
             */
            static create(properties: zoarium.peer.AppendResponse.$Shape): zoarium.peer.AppendResponse & zoarium.peer.AppendResponse.$Shape;
            static create(properties?: zoarium.peer.AppendResponse.$Properties): zoarium.peer.AppendResponse;

            /**
             * Encodes the specified AppendResponse message. Does not implicitly {@link zoarium.peer.AppendResponse.verify|verify} messages.
             * @param message AppendResponse message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.AppendResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AppendResponse message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.AppendResponse & zoarium.peer.AppendResponse.$Shape} AppendResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.AppendResponse & zoarium.peer.AppendResponse.$Shape;
        }

        namespace AppendResponse {

            /** Properties of an AppendResponse. */
            interface $Properties {

                /** AppendResponse term */
                term?: (number|null);

                /** AppendResponse accepted */
                accepted?: (boolean|null);

                /** AppendResponse index */
                index?: (number|null);

                /** AppendResponse hintIndex */
                hintIndex?: (number|null);

                /** AppendResponse hintTerm */
                hintTerm?: (number|null);

                /** AppendResponse recovering */
                recovering?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AppendResponse. */
            type $Shape = zoarium.peer.AppendResponse.$Properties;
        }

        /**
         * Properties of a Heartbeat.
         * @deprecated Use zoarium.peer.Heartbeat.$Properties instead.
         */
        interface IHeartbeat extends zoarium.peer.Heartbeat.$Properties {
        }

        /** Represents a Heartbeat. */
        class Heartbeat {

            /**
             * Constructs a new Heartbeat.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.Heartbeat.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Heartbeat term. */
            term: number;

            /** Heartbeat commit. */
            commit: number;

            /** Heartbeat round. */
            round: number;

            /** Heartbeat echo. */
            echo: number;

            /**
             * Creates a new Heartbeat instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Heartbeat instance
             */
            static create(properties: zoarium.peer.Heartbeat.$Shape): zoarium.peer.Heartbeat & zoarium.peer.Heartbeat.$Shape;
            static create(properties?: zoarium.peer.Heartbeat.$Properties): zoarium.peer.Heartbeat;

            /**
             * Encodes the specified Heartbeat message. Does not implicitly {@link zoarium.peer.Heartbeat.verify|verify} messages.
             * @param message Heartbeat message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.Heartbeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Heartbeat message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.Heartbeat & zoarium.peer.Heartbeat.$Shape} Heartbeat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.Heartbeat & zoarium.peer.Heartbeat.$Shape;
        }

        namespace Heartbeat {

            /** Properties of a Heartbeat. */
            interface $Properties {

                /** Heartbeat term */
                term?: (number|null);

                /** Heartbeat commit */
                commit?: (number|null);

                /** Heartbeat round */
                round?: (number|null);

                /** Heartbeat echo */
                echo?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Heartbeat. */
            type $Shape = zoarium.peer.Heartbeat.$Properties;
        }

        /**
         * Properties of a HeartbeatResponse.
         * @deprecated Use zoarium.peer.HeartbeatResponse.$Properties instead.
         */
        interface IHeartbeatResponse extends zoarium.peer.HeartbeatResponse.$Properties {
        }

        /** Represents a HeartbeatResponse. */
        class HeartbeatResponse {

            /**
             * Constructs a new HeartbeatResponse.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.HeartbeatResponse.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HeartbeatResponse term. */
            term: number;

            /** HeartbeatResponse round. */
            round: number;

            /** HeartbeatResponse counter. */
            counter: number;

            /** HeartbeatResponse recovering. */
            recovering: boolean;

            /**
             * Creates a new HeartbeatResponse instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HeartbeatResponse instance
             */
            static create(properties: zoarium.peer.HeartbeatResponse.$Shape): zoarium.peer.HeartbeatResponse & zoarium.peer.HeartbeatResponse.$Shape;
            static create(properties?: zoarium.peer.HeartbeatResponse.$Properties): zoarium.peer.HeartbeatResponse;

            /**
             * Encodes the specified HeartbeatResponse message. Does not implicitly {@link zoarium.peer.HeartbeatResponse.verify|verify} messages.
             * @param message HeartbeatResponse message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.HeartbeatResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HeartbeatResponse message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.HeartbeatResponse & zoarium.peer.HeartbeatResponse.$Shape} HeartbeatResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.HeartbeatResponse & zoarium.peer.HeartbeatResponse.$Shape;
        }

        namespace HeartbeatResponse {

            /** Properties of a HeartbeatResponse. */
            interface $Properties {

                /** HeartbeatResponse term */
                term?: (number|null);

                /** HeartbeatResponse round */
                round?: (number|null);

                /** HeartbeatResponse counter */
                counter?: (number|null);

                /** HeartbeatResponse recovering */
                recovering?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a HeartbeatResponse. */
            type $Shape = zoarium.peer.HeartbeatResponse.$Properties;
        }

        /**
         * Properties of a Configuration.
         * @deprecated Use zoarium.peer.Configuration.$Properties instead.
         */
        interface IConfiguration extends zoarium.peer.Configuration.$Properties {
        }

        /** Represents a Configuration. */
        class Configuration {

            /**
             * Constructs a new Configuration.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.Configuration.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Configuration voters. */
            voters: number[];

            /** Configuration outgoing. */
            outgoing: number[];

            /** Configuration learners. */
            learners: number[];

            /** Configuration learnersNext. */
            learnersNext: number[];

            /** Configuration context. */
            context: Uint8Array;

            /**
             * Creates a new Configuration instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Configuration instance
             */
            static create(properties: zoarium.peer.Configuration.$Shape): zoarium.peer.Configuration & zoarium.peer.Configuration.$Shape;
            static create(properties?: zoarium.peer.Configuration.$Properties): zoarium.peer.Configuration;

            /**
             * Encodes the specified Configuration message. Does not implicitly {@link zoarium.peer.Configuration.verify|verify} messages.
             * @param message Configuration message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.Configuration.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Configuration message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.Configuration & zoarium.peer.Configuration.$Shape} Configuration
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.Configuration & zoarium.peer.Configuration.$Shape;
        }

        namespace Configuration {

            /** Properties of a Configuration. */
            interface $Properties {

                /** Configuration voters */
                voters?: (number[]|null);

                /** Configuration outgoing */
                outgoing?: (number[]|null);

                /** Configuration learners */
                learners?: (number[]|null);

                /** Configuration learnersNext */
                learnersNext?: (number[]|null);

                /** Configuration context */
                context?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Configuration. */
            type $Shape = zoarium.peer.Configuration.$Properties;
        }

        /**
         * Properties of a SnapshotHead.
         * @deprecated Use zoarium.peer.SnapshotHead.$Properties instead.
         */
        interface ISnapshotHead extends zoarium.peer.SnapshotHead.$Properties {
        }

        /** Represents a SnapshotHead. */
        class SnapshotHead {

            /**
             * Constructs a new SnapshotHead.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.SnapshotHead.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotHead term. */
            term: number;

            /** SnapshotHead index. */
            index: number;

            /** SnapshotHead lastTerm. */
            lastTerm: number;

            /** SnapshotHead termStart. */
            termStart: number;

            /** SnapshotHead configuration. */
            configuration?: (zoarium.peer.Configuration.$Properties|null);

            /**
             * Creates a new SnapshotHead instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotHead instance
             */
            static create(properties: zoarium.peer.SnapshotHead.$Shape): zoarium.peer.SnapshotHead & zoarium.peer.SnapshotHead.$Shape;
            static create(properties?: zoarium.peer.SnapshotHead.$Properties): zoarium.peer.SnapshotHead;

            /**
             * Encodes the specified SnapshotHead message. Does not implicitly {@link zoarium.peer.SnapshotHead.verify|verify} messages.
             * @param message SnapshotHead message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.SnapshotHead.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotHead message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.SnapshotHead & zoarium.peer.SnapshotHead.$Shape} SnapshotHead
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.SnapshotHead & zoarium.peer.SnapshotHead.$Shape;
        }

        namespace SnapshotHead {

            /** Properties of a SnapshotHead. */
            interface $Properties {

                /** SnapshotHead term */
                term?: (number|null);

                /** SnapshotHead index */
                index?: (number|null);

                /** SnapshotHead lastTerm */
                lastTerm?: (number|null);

                /** SnapshotHead termStart */
                termStart?: (number|null);

                /** SnapshotHead configuration */
                configuration?: (zoarium.peer.Configuration.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotHead. */
            type $Shape = zoarium.peer.SnapshotHead.$Properties;
        }

        /**
         * Properties of a TermOnly.
         * @deprecated Use zoarium.peer.TermOnly.$Properties instead.
         */
        interface ITermOnly extends zoarium.peer.TermOnly.$Properties {
        }

        /** Represents a TermOnly. */
        class TermOnly {

            /**
             * Constructs a new TermOnly.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.TermOnly.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TermOnly term. */
            term: number;

            /**
             * Creates a new TermOnly instance using the specified properties.
             * @param [properties] Properties to set
             * @returns TermOnly instance
             */
            static create(properties: zoarium.peer.TermOnly.$Shape): zoarium.peer.TermOnly & zoarium.peer.TermOnly.$Shape;
            static create(properties?: zoarium.peer.TermOnly.$Properties): zoarium.peer.TermOnly;

            /**
             * Encodes the specified TermOnly message. Does not implicitly {@link zoarium.peer.TermOnly.verify|verify} messages.
             * @param message TermOnly message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.TermOnly.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TermOnly message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.TermOnly & zoarium.peer.TermOnly.$Shape} TermOnly
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.TermOnly & zoarium.peer.TermOnly.$Shape;
        }

        namespace TermOnly {

            /** Properties of a TermOnly. */
            interface $Properties {

                /** TermOnly term */
                term?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TermOnly. */
            type $Shape = zoarium.peer.TermOnly.$Properties;
        }

        /**
         * Properties of a ReadIndex.
         * @deprecated Use zoarium.peer.ReadIndex.$Properties instead.
         */
        interface IReadIndex extends zoarium.peer.ReadIndex.$Properties {
        }

        /** Represents a ReadIndex. */
        class ReadIndex {

            /**
             * Constructs a new ReadIndex.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.ReadIndex.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ReadIndex term. */
            term: number;

            /** ReadIndex id. */
            id: number;

            /** ReadIndex index. */
            index: number;

            /**
             * Creates a new ReadIndex instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ReadIndex instance
             */
            static create(properties: zoarium.peer.ReadIndex.$Shape): zoarium.peer.ReadIndex & zoarium.peer.ReadIndex.$Shape;
            static create(properties?: zoarium.peer.ReadIndex.$Properties): zoarium.peer.ReadIndex;

            /**
             * Encodes the specified ReadIndex message. Does not implicitly {@link zoarium.peer.ReadIndex.verify|verify} messages.
             * @param message ReadIndex message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.ReadIndex.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ReadIndex message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.ReadIndex & zoarium.peer.ReadIndex.$Shape} ReadIndex
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.ReadIndex & zoarium.peer.ReadIndex.$Shape;
        }

        namespace ReadIndex {

            /** Properties of a ReadIndex. */
            interface $Properties {

                /** ReadIndex term */
                term?: (number|null);

                /** ReadIndex id */
                id?: (number|null);

                /** ReadIndex index */
                index?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ReadIndex. */
            type $Shape = zoarium.peer.ReadIndex.$Properties;
        }

        /**
         * Properties of a Forward.
         * @deprecated Use zoarium.peer.Forward.$Properties instead.
         */
        interface IForward extends zoarium.peer.Forward.$Properties {
        }

        /** Represents a Forward. */
        class Forward {

            /**
             * Constructs a new Forward.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.Forward.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Forward term. */
            term: number;

            /** Forward nonceHi. */
            nonceHi: number;

            /** Forward nonceLo. */
            nonceLo: number;

            /** Forward first. */
            first: number;

            /** Forward sizes. */
            sizes: number[];

            /**
             * Creates a new Forward instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Forward instance
             */
            static create(properties: zoarium.peer.Forward.$Shape): zoarium.peer.Forward & zoarium.peer.Forward.$Shape;
            static create(properties?: zoarium.peer.Forward.$Properties): zoarium.peer.Forward;

            /**
             * Encodes the specified Forward message. Does not implicitly {@link zoarium.peer.Forward.verify|verify} messages.
             * @param message Forward message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.Forward.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Forward message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.Forward & zoarium.peer.Forward.$Shape} Forward
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.Forward & zoarium.peer.Forward.$Shape;
        }

        namespace Forward {

            /** Properties of a Forward. */
            interface $Properties {

                /** Forward term */
                term?: (number|null);

                /** Forward nonceHi */
                nonceHi?: (number|null);

                /** Forward nonceLo */
                nonceLo?: (number|null);

                /** Forward first */
                first?: (number|null);

                /** Forward sizes */
                sizes?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Forward. */
            type $Shape = zoarium.peer.Forward.$Properties;
        }

        /**
         * Properties of a ForwardQuestion.
         * @deprecated Use zoarium.peer.ForwardQuestion.$Properties instead.
         */
        interface IForwardQuestion extends zoarium.peer.ForwardQuestion.$Properties {
        }

        /** Represents a ForwardQuestion. */
        class ForwardQuestion {

            /**
             * Constructs a new ForwardQuestion.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.ForwardQuestion.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ForwardQuestion term. */
            term: number;

            /** ForwardQuestion nonceHi. */
            nonceHi: number;

            /** ForwardQuestion nonceLo. */
            nonceLo: number;

            /** ForwardQuestion attempt. */
            attempt: number;

            /**
             * Creates a new ForwardQuestion instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ForwardQuestion instance
             */
            static create(properties: zoarium.peer.ForwardQuestion.$Shape): zoarium.peer.ForwardQuestion & zoarium.peer.ForwardQuestion.$Shape;
            static create(properties?: zoarium.peer.ForwardQuestion.$Properties): zoarium.peer.ForwardQuestion;

            /**
             * Encodes the specified ForwardQuestion message. Does not implicitly {@link zoarium.peer.ForwardQuestion.verify|verify} messages.
             * @param message ForwardQuestion message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.ForwardQuestion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ForwardQuestion message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.ForwardQuestion & zoarium.peer.ForwardQuestion.$Shape} ForwardQuestion
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.ForwardQuestion & zoarium.peer.ForwardQuestion.$Shape;
        }

        namespace ForwardQuestion {

            /** Properties of a ForwardQuestion. */
            interface $Properties {

                /** ForwardQuestion term */
                term?: (number|null);

                /** ForwardQuestion nonceHi */
                nonceHi?: (number|null);

                /** ForwardQuestion nonceLo */
                nonceLo?: (number|null);

                /** ForwardQuestion attempt */
                attempt?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ForwardQuestion. */
            type $Shape = zoarium.peer.ForwardQuestion.$Properties;
        }

        /**
         * Properties of a ForwardAnswer.
         * @deprecated Use zoarium.peer.ForwardAnswer.$Properties instead.
         */
        interface IForwardAnswer extends zoarium.peer.ForwardAnswer.$Properties {
        }

        /** Represents a ForwardAnswer. */
        class ForwardAnswer {

            /**
             * Constructs a new ForwardAnswer.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.ForwardAnswer.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ForwardAnswer term. */
            term: number;

            /** ForwardAnswer nonceHi. */
            nonceHi: number;

            /** ForwardAnswer nonceLo. */
            nonceLo: number;

            /** ForwardAnswer attempt. */
            attempt: number;

            /** ForwardAnswer last. */
            last: number;

            /**
             * Creates a new ForwardAnswer instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ForwardAnswer instance
             */
            static create(properties: zoarium.peer.ForwardAnswer.$Shape): zoarium.peer.ForwardAnswer & zoarium.peer.ForwardAnswer.$Shape;
            static create(properties?: zoarium.peer.ForwardAnswer.$Properties): zoarium.peer.ForwardAnswer;

            /**
             * Encodes the specified ForwardAnswer message. Does not implicitly {@link zoarium.peer.ForwardAnswer.verify|verify} messages.
             * @param message ForwardAnswer message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.ForwardAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ForwardAnswer message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.ForwardAnswer & zoarium.peer.ForwardAnswer.$Shape} ForwardAnswer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.ForwardAnswer & zoarium.peer.ForwardAnswer.$Shape;
        }

        namespace ForwardAnswer {

            /** Properties of a ForwardAnswer. */
            interface $Properties {

                /** ForwardAnswer term */
                term?: (number|null);

                /** ForwardAnswer nonceHi */
                nonceHi?: (number|null);

                /** ForwardAnswer nonceLo */
                nonceLo?: (number|null);

                /** ForwardAnswer attempt */
                attempt?: (number|null);

                /** ForwardAnswer last */
                last?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ForwardAnswer. */
            type $Shape = zoarium.peer.ForwardAnswer.$Properties;
        }

        /**
         * Properties of a SnapshotChunk.
         * @deprecated Use zoarium.peer.SnapshotChunk.$Properties instead.
         */
        interface ISnapshotChunk extends zoarium.peer.SnapshotChunk.$Properties {
        }

        /** Represents a SnapshotChunk. */
        class SnapshotChunk {

            /**
             * Constructs a new SnapshotChunk.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.SnapshotChunk.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotChunk id. */
            id: number;

            /** SnapshotChunk offset. */
            offset: number;

            /** SnapshotChunk last. */
            last: boolean;

            /**
             * Creates a new SnapshotChunk instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotChunk instance
             */
            static create(properties: zoarium.peer.SnapshotChunk.$Shape): zoarium.peer.SnapshotChunk & zoarium.peer.SnapshotChunk.$Shape;
            static create(properties?: zoarium.peer.SnapshotChunk.$Properties): zoarium.peer.SnapshotChunk;

            /**
             * Encodes the specified SnapshotChunk message. Does not implicitly {@link zoarium.peer.SnapshotChunk.verify|verify} messages.
             * @param message SnapshotChunk message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.SnapshotChunk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotChunk message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.SnapshotChunk & zoarium.peer.SnapshotChunk.$Shape} SnapshotChunk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.SnapshotChunk & zoarium.peer.SnapshotChunk.$Shape;
        }

        namespace SnapshotChunk {

            /** Properties of a SnapshotChunk. */
            interface $Properties {

                /** SnapshotChunk id */
                id?: (number|null);

                /** SnapshotChunk offset */
                offset?: (number|null);

                /** SnapshotChunk last */
                last?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotChunk. */
            type $Shape = zoarium.peer.SnapshotChunk.$Properties;
        }

        /**
         * Properties of a SnapshotProgress.
         * @deprecated Use zoarium.peer.SnapshotProgress.$Properties instead.
         */
        interface ISnapshotProgress extends zoarium.peer.SnapshotProgress.$Properties {
        }

        /** Represents a SnapshotProgress. */
        class SnapshotProgress {

            /**
             * Constructs a new SnapshotProgress.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.SnapshotProgress.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotProgress id. */
            id: number;

            /** SnapshotProgress offset. */
            offset: number;

            /** SnapshotProgress refused. */
            refused: boolean;

            /** SnapshotProgress complete. */
            complete: boolean;

            /**
             * Creates a new SnapshotProgress instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotProgress instance
             */
            static create(properties: zoarium.peer.SnapshotProgress.$Shape): zoarium.peer.SnapshotProgress & zoarium.peer.SnapshotProgress.$Shape;
            static create(properties?: zoarium.peer.SnapshotProgress.$Properties): zoarium.peer.SnapshotProgress;

            /**
             * Encodes the specified SnapshotProgress message. Does not implicitly {@link zoarium.peer.SnapshotProgress.verify|verify} messages.
             * @param message SnapshotProgress message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.SnapshotProgress.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotProgress message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.SnapshotProgress & zoarium.peer.SnapshotProgress.$Shape} SnapshotProgress
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.SnapshotProgress & zoarium.peer.SnapshotProgress.$Shape;
        }

        namespace SnapshotProgress {

            /** Properties of a SnapshotProgress. */
            interface $Properties {

                /** SnapshotProgress id */
                id?: (number|null);

                /** SnapshotProgress offset */
                offset?: (number|null);

                /** SnapshotProgress refused */
                refused?: (boolean|null);

                /** SnapshotProgress complete */
                complete?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotProgress. */
            type $Shape = zoarium.peer.SnapshotProgress.$Properties;
        }

        /**
         * Properties of a Facts.
         * @deprecated Use zoarium.peer.Facts.$Properties instead.
         */
        interface IFacts extends zoarium.peer.Facts.$Properties {
        }

        /** Represents a Facts. */
        class Facts {

            /**
             * Constructs a new Facts.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.Facts.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Facts software. */
            software: string;

            /** Facts semantics. */
            semantics: number;

            /** Facts unformed. */
            unformed: boolean;

            /** Facts configurationDigest. */
            configurationDigest: Uint8Array;

            /** Facts clientAddress. */
            clientAddress: string;

            /** Facts foundingDigest. */
            foundingDigest: Uint8Array;

            /** Facts wallMs. */
            wallMs: number;

            /** Facts term. */
            term: number;

            /** Facts leaderId. */
            leaderId: number;

            /** Facts role. */
            role: string;

            /** Facts appliedIndex. */
            appliedIndex: number;

            /** Facts durableIndex. */
            durableIndex: number;

            /** Facts lastZxid. */
            lastZxid: number;

            /** Facts contactMs. */
            contactMs: number;

            /** Facts serving. */
            serving: boolean;

            /** Facts stateDigest. */
            stateDigest: string;

            /** Facts markIndex. */
            markIndex: number;

            /** Facts markDigest. */
            markDigest: string;

            /** Facts agreeing. */
            agreeing: number;

            /**
             * Creates a new Facts instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Facts instance
             */
            static create(properties: zoarium.peer.Facts.$Shape): zoarium.peer.Facts & zoarium.peer.Facts.$Shape;
            static create(properties?: zoarium.peer.Facts.$Properties): zoarium.peer.Facts;

            /**
             * Encodes the specified Facts message. Does not implicitly {@link zoarium.peer.Facts.verify|verify} messages.
             * @param message Facts message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.Facts.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Facts message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.Facts & zoarium.peer.Facts.$Shape} Facts
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.Facts & zoarium.peer.Facts.$Shape;
        }

        namespace Facts {

            /** Properties of a Facts. */
            interface $Properties {

                /** Facts software */
                software?: (string|null);

                /** Facts semantics */
                semantics?: (number|null);

                /** Facts unformed */
                unformed?: (boolean|null);

                /** Facts configurationDigest */
                configurationDigest?: (Uint8Array|null);

                /** Facts clientAddress */
                clientAddress?: (string|null);

                /** Facts foundingDigest */
                foundingDigest?: (Uint8Array|null);

                /** Facts wallMs */
                wallMs?: (number|null);

                /** Facts term */
                term?: (number|null);

                /** Facts leaderId */
                leaderId?: (number|null);

                /** Facts role */
                role?: (string|null);

                /** Facts appliedIndex */
                appliedIndex?: (number|null);

                /** Facts durableIndex */
                durableIndex?: (number|null);

                /** Facts lastZxid */
                lastZxid?: (number|null);

                /** Facts contactMs */
                contactMs?: (number|null);

                /** Facts serving */
                serving?: (boolean|null);

                /** Facts stateDigest */
                stateDigest?: (string|null);

                /** Facts markIndex */
                markIndex?: (number|null);

                /** Facts markDigest */
                markDigest?: (string|null);

                /** Facts agreeing */
                agreeing?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Facts. */
            type $Shape = zoarium.peer.Facts.$Properties;
        }

        /**
         * Properties of a Greeting.
         * @deprecated Use zoarium.peer.Greeting.$Properties instead.
         */
        interface IGreeting extends zoarium.peer.Greeting.$Properties {
        }

        /** Represents a Greeting. */
        class Greeting {

            /**
             * Constructs a new Greeting.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.Greeting.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Greeting versionMin. */
            versionMin: number;

            /** Greeting versionMax. */
            versionMax: number;

            /** Greeting nonce. */
            nonce: Uint8Array;

            /**
             * Creates a new Greeting instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Greeting instance
             */
            static create(properties: zoarium.peer.Greeting.$Shape): zoarium.peer.Greeting & zoarium.peer.Greeting.$Shape;
            static create(properties?: zoarium.peer.Greeting.$Properties): zoarium.peer.Greeting;

            /**
             * Encodes the specified Greeting message. Does not implicitly {@link zoarium.peer.Greeting.verify|verify} messages.
             * @param message Greeting message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.Greeting.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Greeting message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.Greeting & zoarium.peer.Greeting.$Shape} Greeting
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.Greeting & zoarium.peer.Greeting.$Shape;
        }

        namespace Greeting {

            /** Properties of a Greeting. */
            interface $Properties {

                /** Greeting versionMin */
                versionMin?: (number|null);

                /** Greeting versionMax */
                versionMax?: (number|null);

                /** Greeting nonce */
                nonce?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Greeting. */
            type $Shape = zoarium.peer.Greeting.$Properties;
        }

        /**
         * Properties of a Hello.
         * @deprecated Use zoarium.peer.Hello.$Properties instead.
         */
        interface IHello extends zoarium.peer.Hello.$Properties {
        }

        /** Represents a Hello. */
        class Hello {

            /**
             * Constructs a new Hello.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.Hello.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Hello versionMin. */
            versionMin: number;

            /** Hello versionMax. */
            versionMax: number;

            /** Hello nonce. */
            nonce: Uint8Array;

            /** Hello clusterId. */
            clusterId: string;

            /** Hello serverId. */
            serverId: number;

            /** Hello incarnation. */
            incarnation: Uint8Array;

            /** Hello bootNonce. */
            bootNonce: Uint8Array;

            /** Hello expectedServerId. */
            expectedServerId: number;

            /** Hello expectedIncarnation. */
            expectedIncarnation: Uint8Array;

            /** Hello lane. */
            lane: number;

            /** Hello linkNumber. */
            linkNumber: number;

            /**
             * Creates a new Hello instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Hello instance
             */
            static create(properties: zoarium.peer.Hello.$Shape): zoarium.peer.Hello & zoarium.peer.Hello.$Shape;
            static create(properties?: zoarium.peer.Hello.$Properties): zoarium.peer.Hello;

            /**
             * Encodes the specified Hello message. Does not implicitly {@link zoarium.peer.Hello.verify|verify} messages.
             * @param message Hello message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Hello message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.Hello & zoarium.peer.Hello.$Shape} Hello
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.Hello & zoarium.peer.Hello.$Shape;
        }

        namespace Hello {

            /** Properties of a Hello. */
            interface $Properties {

                /** Hello versionMin */
                versionMin?: (number|null);

                /** Hello versionMax */
                versionMax?: (number|null);

                /** Hello nonce */
                nonce?: (Uint8Array|null);

                /** Hello clusterId */
                clusterId?: (string|null);

                /** Hello serverId */
                serverId?: (number|null);

                /** Hello incarnation */
                incarnation?: (Uint8Array|null);

                /** Hello bootNonce */
                bootNonce?: (Uint8Array|null);

                /** Hello expectedServerId */
                expectedServerId?: (number|null);

                /** Hello expectedIncarnation */
                expectedIncarnation?: (Uint8Array|null);

                /** Hello lane */
                lane?: (number|null);

                /** Hello linkNumber */
                linkNumber?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Hello. */
            type $Shape = zoarium.peer.Hello.$Properties;
        }

        /**
         * Properties of a Welcome.
         * @deprecated Use zoarium.peer.Welcome.$Properties instead.
         */
        interface IWelcome extends zoarium.peer.Welcome.$Properties {
        }

        /** Represents a Welcome. */
        class Welcome {

            /**
             * Constructs a new Welcome.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.Welcome.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Welcome version. */
            version: number;

            /** Welcome clusterId. */
            clusterId: string;

            /** Welcome serverId. */
            serverId: number;

            /** Welcome incarnation. */
            incarnation: Uint8Array;

            /** Welcome bootNonce. */
            bootNonce: Uint8Array;

            /**
             * Creates a new Welcome instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Welcome instance
             */
            static create(properties: zoarium.peer.Welcome.$Shape): zoarium.peer.Welcome & zoarium.peer.Welcome.$Shape;
            static create(properties?: zoarium.peer.Welcome.$Properties): zoarium.peer.Welcome;

            /**
             * Encodes the specified Welcome message. Does not implicitly {@link zoarium.peer.Welcome.verify|verify} messages.
             * @param message Welcome message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Welcome message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.Welcome & zoarium.peer.Welcome.$Shape} Welcome
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.Welcome & zoarium.peer.Welcome.$Shape;
        }

        namespace Welcome {

            /** Properties of a Welcome. */
            interface $Properties {

                /** Welcome version */
                version?: (number|null);

                /** Welcome clusterId */
                clusterId?: (string|null);

                /** Welcome serverId */
                serverId?: (number|null);

                /** Welcome incarnation */
                incarnation?: (Uint8Array|null);

                /** Welcome bootNonce */
                bootNonce?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Welcome. */
            type $Shape = zoarium.peer.Welcome.$Properties;
        }

        /**
         * Properties of a Refusal.
         * @deprecated Use zoarium.peer.Refusal.$Properties instead.
         */
        interface IRefusal extends zoarium.peer.Refusal.$Properties {
        }

        /** Represents a Refusal. */
        class Refusal {

            /**
             * Constructs a new Refusal.
             * @param [properties] Properties to set
             */
            constructor(properties?: zoarium.peer.Refusal.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Refusal reason. */
            reason: number;

            /** Refusal text. */
            text: string;

            /**
             * Creates a new Refusal instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Refusal instance
             */
            static create(properties: zoarium.peer.Refusal.$Shape): zoarium.peer.Refusal & zoarium.peer.Refusal.$Shape;
            static create(properties?: zoarium.peer.Refusal.$Properties): zoarium.peer.Refusal;

            /**
             * Encodes the specified Refusal message. Does not implicitly {@link zoarium.peer.Refusal.verify|verify} messages.
             * @param message Refusal message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: zoarium.peer.Refusal.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Refusal message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {zoarium.peer.Refusal & zoarium.peer.Refusal.$Shape} Refusal
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zoarium.peer.Refusal & zoarium.peer.Refusal.$Shape;
        }

        namespace Refusal {

            /** Properties of a Refusal. */
            interface $Properties {

                /** Refusal reason */
                reason?: (number|null);

                /** Refusal text */
                text?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Refusal. */
            type $Shape = zoarium.peer.Refusal.$Properties;
        }
    }
}
