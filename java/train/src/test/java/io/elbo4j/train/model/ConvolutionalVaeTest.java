package io.elbo4j.train.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.ArgumentException;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.model.ConvolutionalVae.Settings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionalVaeTest {
    private static Settings defaults(int height, int width, int channels) {
        return new ConvolutionalVae.Kind().defaults(new DataShape(DataKinds.NPY, 40, height, width, channels, Map
                .of()));
    }

    private static Settings settings(int height, int width, int imageChannels, Integer... channels) {
        return new Settings(height, width, imageChannels, List.of(channels), 2, Activation.RELU,
                LikelihoodKind.BERNOULLI, false);
    }

    @Test
    void theDefaultHasAsManyConvolutionsAsTheImageCanBeHalved() {
        assertEquals(List.of(32), defaults(2, 100, 1).channels());
        assertEquals(List.of(32, 64), defaults(50, 7, 1).channels());
        assertEquals(List.of(32, 64, 128), defaults(8, 9, 3).channels());
        assertEquals(List.of(32, 64, 128), defaults(64, 64, 3).channels());
    }

    /** Nobody has asked for channels then: the data is what does not go with the model. */
    @ParameterizedTest
    @CsvSource({"1, 100, 1", "100, 1, 1", "1, 1, 1", "1, 1, 3", "2, 16777217, 1", "16777217, 2, 1", "2, 2, 16777217"})
    void dataThatCannotBeHalvedIsRefused(int height, int width, int channels) {
        assertEquals("the data has images of " + height + " x " + width + " with " + channels
                + (channels == 1 ? " channel," : " channels,")
                + " convolutional-vae takes 2 to 2^24 rows and columns, which each convolution halves, and at most 2^24"
                + " channels", assertThrows(DataException.class, () -> defaults(height, width, channels)).getMessage());
    }

    private static void refused(String argument, String expected, String given, int height, int width,
            int imageChannels, Integer... channels) {
        ArgumentException e = assertThrows(ArgumentException.class, () -> settings(height, width, imageChannels,
                channels));
        assertEquals(argument + " must be " + expected + ", not " + given, e.getMessage());
        assertEquals(argument, e.argument());
    }

    /** Each by the name of a component, never by that of an inner convolution's. */
    @Test
    void settingsAreRefusedByName() {
        refused("height", "from 2 to 2^24", "1", 1, 100, 1, 4);
        refused("height", "from 2 to 2^24", "16777217", 16777217, 2, 1, 4);
        refused("width", "from 2 to 2^24", "1", 100, 1, 1, 4);
        refused("width", "from 2 to 2^24", "16777217", 2, 16777217, 1, 4);
        refused("imageChannels", "from 1 to 2^24", "0", 4, 4, 0, 4);
        refused("imageChannels", "from 1 to 2^24", "16777217", 4, 4, 16777217, 4);
        refused("height x width x imageChannels", "at most 2^31 - 9", "2.147483648E9", 1 << 16, 1 << 15, 1, 4);
        refused("channels", "at least 1 convolution", "none", 4, 4, 1);
        refused("channels", "from 1 to 2^24 in every convolution", "0", 4, 4, 1, 3, 0);
        refused("channels", "from 1 to 2^24 in every convolution", "20000000", 28, 28, 1, 20000000);
        refused("channels", "a list of at most 2, as often as an image of 4 x 100 can be halved", "3", 4, 100, 1, 1,
                1, 1);
        refused("channels", "a list of at most 4, as often as an image of 28 x 28 can be halved", "6", 28, 28, 1, 4,
                4, 4, 4, 4, 4);
        refused("channels", "fewer, as the small image of a convolution must be of at most 2^31 - 9 floats",
                "3,16000000", 128, 128, 1, 3, 16000000);
        refused("channels", "fewer, as the weights of a convolution must be of at most 2^31 - 9 floats", "10000,20000",
                4, 4, 1, 10000, 20000);
        assertEquals("channels must be given, not null", assertThrows(ArgumentException.class, () -> new Settings(4, 4,
                1, null, 2, Activation.RELU, LikelihoodKind.BERNOULLI, false)).getMessage());
    }
}
