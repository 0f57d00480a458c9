"""Models of every make that `judge_model` meets, as answers to 04.2; see `test_answers`."""

import keras
from keras import layers


def right_04_2_sequential(backbone, n_classes):
    backbone.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes)])


def wrong_04_2_nothing_frozen(backbone, n_classes):
    """10 of the backbone's 10 variables moved during `fit`, 4 of them moving"""
    images = keras.Input(backbone.input_shape[1:])
    return keras.Model(images, layers.Dense(n_classes)(backbone(images)))


def right_04_2_sequential_with_input_and_compiled(backbone, n_classes):
    for layer in backbone.layers:
        layer.trainable = False
    head = [layers.Dropout(0.5), layers.Dense(16, activation="relu"), layers.Dense(n_classes)]
    model = keras.Sequential([keras.Input(backbone.input_shape[1:]), backbone, *head])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def right_04_2_on_the_backbones_output(backbone, n_classes):
    backbone.trainable = False
    logits = layers.Dense(n_classes)(layers.BatchNormalization()(backbone.output))
    return keras.Model(backbone.input, logits)


def right_04_2_a_frozen_copy(backbone, n_classes):
    copy = keras.models.clone_model(backbone)
    copy.set_weights(backbone.get_weights())
    copy.trainable = False
    return right_04_2_sequential(copy, n_classes)


def right_04_2_frozen_after_building(backbone, n_classes):
    model = wrong_04_2_nothing_frozen(backbone, n_classes)
    backbone.trainable = False
    return model


def right_04_2_with_augmentation(backbone, n_classes):
    backbone.trainable = False
    images = keras.Input(backbone.input_shape[1:])
    features = backbone(layers.RandomFlip("horizontal")(images), training=False)
    return keras.Model(images, layers.Dense(n_classes)(features))


def wrong_04_2_everything_frozen(backbone, n_classes):
    """The head is frozen too."""
    model = wrong_04_2_nothing_frozen(backbone, n_classes)
    model.trainable = False
    return model


def wrong_04_2_softmax(backbone, n_classes):
    """These are probabilities, and logits were asked for."""
    backbone.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes, activation="softmax")])


def wrong_04_2_sigmoid(backbone, n_classes):
    """Leave out the sigmoid"""
    backbone.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes), layers.Activation("sigmoid")])


def wrong_04_2_ten_classes(backbone, n_classes):
    """gives the shape (24, 10); (24, 3) is right"""
    return right_04_2_sequential(backbone, 10)


def wrong_04_2_new_weights(backbone, n_classes):
    """10 of the backbone's 10 variables are not in your model"""
    return right_04_2_sequential(keras.models.clone_model(backbone), n_classes)


def wrong_04_2_own_layer(backbone, n_classes):
    """`Head` is not a class of Keras"""

    class Head(layers.Dense):
        pass

    backbone.trainable = False
    return keras.Sequential([backbone, Head(n_classes)])


def wrong_04_2_anonymous_function(backbone, n_classes):
    """Keras could not build your model again"""
    backbone.trainable = False
    return keras.Sequential([backbone, layers.Dense(n_classes), layers.Lambda(lambda x: 2 * x)])


def wrong_04_2_own_model(backbone, n_classes):
    """is not a class of Keras"""

    class Probe(keras.Model):
        def __init__(self):
            super().__init__()
            self.backbone, self.head = backbone, layers.Dense(n_classes)

        def call(self, images):
            return self.head(self.backbone(images))

    backbone.trainable = False
    return Probe()


def wrong_04_2_no_head(backbone, n_classes):
    """gives the shape (24, 8); (24, 3) is right"""
    return backbone


def wrong_04_2_a_layer_alone(backbone, n_classes):
    """returned a `Dense`; a `keras.Model`"""
    return layers.Dense(n_classes)


def wrong_04_2_a_fit_that_lies(backbone, n_classes):
    """is not a class of Keras"""

    class Liar(keras.Model):
        def fit(self, *args, **kwargs):
            return None

    images = keras.Input(backbone.input_shape[1:])
    return Liar(images, layers.Dense(n_classes)(backbone(images)))
